"""What a municipal unit can do: answer the derivations to it, as an institution by its link."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from casos.alcance import SIN_LIMITE, Alcance
from casos.derivaciones.actions import responder as anotar_respuesta
from casos.derivaciones.models import RespuestaDerivacion
from casos.derivaciones.respuestas import DE_LA_UNIDAD, Respuesta
from casos.derivaciones.states import ACCIONES_DE_INSTITUCION
from casos.unidad.queries import recibida
from oficina.actor import Actor
from oficina.errors import NoEncontrado


def responder(
    session: Session, derivacion_id: UUID, respuesta: Respuesta, actor: Actor, ahora: datetime
) -> RespuestaDerivacion:
    """Take the unit's own answer (grade A).

    Raises NoEncontrado for a derivation to somebody else, and what `derivaciones.responder` raises.
    """
    if respuesta.accion not in ACCIONES_DE_INSTITUCION:
        raise NoEncontrado
    derivacion = recibida(session, derivacion_id, Alcance.de(actor))
    return anotar_respuesta(
        session,
        derivacion.id,
        respuesta,
        actor,
        ahora,
        procedencia=DE_LA_UNIDAD,
        alcance=SIN_LIMITE,
    )
