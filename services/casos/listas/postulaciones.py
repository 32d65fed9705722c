"""The list of applications: those still to be decided, the oldest first, unless others are asked
for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields, post_load, validate
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from casos.alcance import Alcance
from casos.etiquetas import opciones as codigos
from casos.listas import opciones
from casos.listas.lista import (
    Campo,
    Columna,
    Control,
    DeLista,
    Filtro,
    Lista,
    Pregunta,
    fin_del_dia,
    inicio_del_dia,
)
from casos.listas.orden import Clave, momento
from casos.programas.models import Programa
from casos.programas.postulaciones.models import Postulacion
from casos.programas.postulaciones.states import EN_CURSO, Estado
from oficina.web.forms import DIAS


@dataclass(frozen=True, kw_only=True)
class FiltroPostulaciones(Filtro):
    """Which applications."""

    estado: str
    programa_id: UUID | None
    persona_id: UUID | None
    de: str
    creada_desde: date | None
    creada_hasta: date | None
    caduca_hasta: date | None


class FiltroPostulacionesSchema(DeLista):
    """Which applications, of which programme, and in which order."""

    estado = fields.String(
        load_default="",
        validate=validate.OneOf(["", "curso", "espera", "todas", *(uno.value for uno in Estado)]),
    )
    programa_id = fields.UUID(load_default=None, allow_none=True)
    persona_id = fields.UUID(load_default=None, allow_none=True)
    de = fields.String(load_default="todas", validate=validate.OneOf(["todas", "mias"]))
    creada_desde = fields.Date(load_default=None, validate=DIAS)
    creada_hasta = fields.Date(load_default=None, validate=DIAS)
    caduca_hasta = fields.Date(load_default=None, validate=DIAS)
    orden = fields.String(
        load_default="espera",
        validate=validate.OneOf(["espera", "recientes", "antiguas", "monto"]),
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> FiltroPostulaciones:
        return FiltroPostulaciones(**data)


def preguntar(filtro: FiltroPostulaciones, alcance: Alcance, _ahora: datetime) -> Pregunta:
    """Applications that the reader may see; whoever waits for money, in the order of waiting."""
    condiciones = [alcance.postulaciones(), *_condiciones(filtro, alcance.quien)]
    consulta: Select[Postulacion] = (
        select(Postulacion)
        .where(*condiciones)
        .options(joinedload(Postulacion.persona), joinedload(Postulacion.programa))
    )
    lo_viejo, lo_nuevo = Clave(Postulacion.id, UUID), Clave(Postulacion.id, UUID, descendente=True)
    ordenes = {
        "espera": (Clave(momento(Postulacion.en_espera_desde), datetime), lo_viejo),
        "recientes": (lo_nuevo,),
        "antiguas": (lo_viejo,),
        "monto": (Clave(Postulacion.monto_clp, int, descendente=True), lo_viejo),
    }
    cuenta = select(func.count()).select_from(Postulacion).where(*condiciones)
    return Pregunta(consulta, ordenes[filtro.orden], cuenta)


def armar(_session: Session, filas: Sequence[Any], _ahora: datetime) -> Sequence[Postulacion]:
    """The applications themselves."""
    return [una for (una,) in filas]


def _condiciones(filtro: FiltroPostulaciones, quien: UUID) -> Sequence[ColumnElement[bool]]:
    iguales = {
        Postulacion.programa_id: filtro.programa_id,
        Postulacion.persona_id: filtro.persona_id,
    }
    condiciones = [columna == valor for columna, valor in iguales.items() if valor is not None]
    if filtro.estado == "espera":
        condiciones.append(Postulacion.en_espera_desde.is_not(None))
    elif filtro.estado == "curso":
        condiciones.append(Postulacion.estado.in_(EN_CURSO))
    elif filtro.estado not in {"", "todas"}:
        condiciones.append(Postulacion.estado == Estado(filtro.estado))
    if filtro.de == "mias":
        condiciones.append(Postulacion.creada_por_id == quien)
    if filtro.creada_desde is not None:
        condiciones.append(Postulacion.creada_en >= inicio_del_dia(filtro.creada_desde))
    if filtro.creada_hasta is not None:
        condiciones.append(Postulacion.creada_en < fin_del_dia(filtro.creada_hasta))
    if filtro.caduca_hasta is not None:
        condiciones.append(Postulacion.caduca_el <= filtro.caduca_hasta)
    return condiciones


def _estados(_session: Session, _alcance: Alcance) -> opciones.Opciones:
    return [
        ("curso", _("Sin decidir")),
        ("espera", _("En lista de espera")),
        *codigos(Estado),
        ("todas", _("Todas")),
    ]


def _de_quien(_session: Session, _alcance: Alcance) -> opciones.Opciones:
    return [("todas", _("De quien sea")), ("mias", _("Las que empecé"))]


def _ordenes(_session: Session, _alcance: Alcance) -> opciones.Opciones:
    return [
        ("espera", _("Por turno en la lista de espera")),
        ("antiguas", _("Las más antiguas")),
        ("recientes", _("Las más nuevas")),
        ("monto", _("Por monto, de mayor a menor")),
    ]


def _programas(session: Session, _alcance: Alcance) -> opciones.Opciones:
    todos = session.scalars(select(Programa).order_by(Programa.anio.desc(), Programa.nombre))
    return [(str(uno.id), f"{uno.nombre} ({uno.anio})") for uno in todos]


POSTULACIONES = Lista(
    nombre="postulaciones",
    titulo=_l("Postulaciones"),
    endpoint="postulaciones_paginas.lista",
    permiso="casos.postulacion.ver",
    schema=FiltroPostulacionesSchema,
    preguntar=preguntar,
    armar=armar,
    recurso="postulacion",
    lee="casos.postulacion.listar",
    exporta="casos.postulacion.exportar",
    omite={"estado": "curso"},
    campos=(
        Campo("estado", _l("Estado"), _estados, principal=True),
        Campo("programa_id", _l("Programa"), _programas, principal=True),
        Campo("orden", _l("Orden"), _ordenes, principal=True),
        Campo("de", _l("De quién"), _de_quien),
        Campo("creada_desde", _l("Creada desde"), control=Control.DIA),
        Campo("creada_hasta", _l("Creada hasta"), control=Control.DIA),
        Campo("caduca_hasta", _l("Caduca hasta"), control=Control.DIA),
    ),
    columnas=(
        Columna(_l("Folio"), lambda una: una.folio),
        Columna(_l("Persona"), lambda una: una.persona.nombre),
        Columna(_l("Programa"), lambda una: una.programa.nombre),
        Columna(_l("Año"), lambda una: una.programa.anio),
        Columna(_l("Estado"), lambda una: una.estado),
        Columna(_l("Monto (CLP)"), lambda una: una.monto_clp),
        Columna(_l("En espera desde"), lambda una: una.en_espera_desde),
        Columna(_l("Caduca"), lambda una: una.caduca_el),
        Columna(_l("Creada"), lambda una: una.creada_en),
        Columna(_l("Creada por"), lambda una: una.creada_por),
        Columna(_l("Aprobada por"), lambda una: una.aprobada_por),
    ),
)
