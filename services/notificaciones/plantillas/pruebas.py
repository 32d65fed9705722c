"""A template sent to whoever writes it, to be read where its readers would read it.

It goes to the address that the office has of them and to no other, as a message of its own kind: it
says that it is a trial, and is never one to a person.
"""

from collections.abc import Sequence

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.mensajes.actions import encargar, preparar
from notificaciones.mensajes.destinatarios import Destinatario, del_equipo
from notificaciones.mensajes.preguntas import Reunido
from notificaciones.plantillas.catalogo import Clave, Plantilla, PorIdioma, idiomas
from notificaciones.plantillas.etiquetas import nombre_de
from notificaciones.plantillas.models import PlantillaGuardada
from notificaciones.plantillas.previa import Lectura
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.clock import now
from oficina.db import uuid7
from oficina.env import Env
from oficina.errors import Conflicto
from oficina.web.i18n import LANGUAGES

LIMITE = "6/hour"
"""How many somebody may send themselves."""


def destinatario_de(env: Env, actor: Actor) -> Destinatario:
    """How the office writes to somebody of its staff. Raises Conflicto for whoever has none."""
    for funcionario in env.client.get("identidad", "/identidad/api/v1/funcionarios"):
        if funcionario["id"] == str(actor.id):
            return del_equipo(funcionario)
    raise Conflicto(_("Solo una persona de la oficina puede enviarse una prueba."))


def probar(
    session: Session,
    plantilla: Plantilla,
    lecturas: Sequence[Lectura],
    actor: Actor,
    quien: Destinatario,
) -> None:
    """Send what the readers of one language would read, by every channel, in one mail."""
    mensaje = encargar(
        session, f"{Clave.PRUEBA_DE_PLANTILLA}/{uuid7()}", Clave.PRUEBA_DE_PLANTILLA, now()
    )
    if mensaje is None:
        raise AssertionError("nobody asked for this trial before")
    session.flush()
    asuntos = [una.asunto for una in lecturas if una.asunto]
    nombre = _nombre_en_cada_idioma(plantilla)
    reunido = Reunido(
        canal=quien.canal,
        destino=quien.destino,
        idioma=quien.idioma,
        valores={
            "plantilla": nombre,
            "idioma": idiomas()[lecturas[0].usado].nombre,
            "asunto": asuntos[0] if asuntos else nombre,
            "texto": "\n\n---\n\n".join(una.cuerpo for una in lecturas),
        },
    )
    preparar(session, mensaje.id, mensaje.version, reunido)
    suya = select(PlantillaGuardada.id).where(PlantillaGuardada.clave == plantilla.clave)
    registrar(session, actor, "notificaciones.plantilla.probar", "plantilla", session.scalar(suya))


def _nombre_en_cada_idioma(plantilla: Plantilla) -> PorIdioma:
    """The mail is in its reader's language, whatever the page is in that asks for it."""
    nombres = {}
    for idioma in LANGUAGES:
        with force_locale(idioma):
            nombres[idioma] = nombre_de(plantilla)
    return PorIdioma(nombres)
