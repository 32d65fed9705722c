"""An application as people and programs see it: one view for both."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from casos.alcance import Alcance
from casos.listas.postulaciones import POSTULACIONES
from casos.listas.vistas import POR_PEDIDO, leer
from casos.presentacion import idioma_del_lector
from casos.programas.postulaciones import queries
from casos.programas.postulaciones.models import Postulacion
from casos.programas.postulaciones.reglas import reglas
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor


def vista(postulacion_id: UUID) -> tuple[Postulacion, dict[str, Any]]:
    """An application with its steps, and what is missing of it; reading it is written down.

    Raises NoEncontrado, DatosBloqueados.
    """
    with env().db.read() as session:
        una = queries.postulacion_por_id(session, postulacion_id, Alcance.de(actor()))
        pasos = queries.pasos_de(session, postulacion_id)
        del_hogar = queries.ayudas_del_hogar(session, una.persona_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.postulacion.ver", "postulacion", una.id)
    recurso = None
    if una.recurso_version:
        recurso = reglas().recurso(una.recurso_version, idioma_del_lector())
    return una, {
        "pasos": pasos,
        "del_hogar": del_hogar,
        "faltan": una.faltan(una.requisitos.requisitos, clock.today()),
        "recurso": recurso,
    }


def de_persona(persona_id: UUID) -> Sequence[Postulacion]:
    """What somebody asked for, as far as the reader may see it; reading it is written down."""
    pedido = {"persona_id": str(persona_id), "estado": "todas"}
    return leer(POSTULACIONES, POSTULACIONES.filtro(pedido), cuantas=POR_PEDIDO).filas
