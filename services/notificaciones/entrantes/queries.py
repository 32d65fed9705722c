"""What can be asked of the answers: read-only, before the scope that casos decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.entrantes.models import Respuesta
from notificaciones.entrantes.states import Estado
from oficina.errors import NoEncontrado

LIMITE = 100


@dataclass(frozen=True, kw_only=True)
class Filtro:
    """What to look for; an empty field does not narrow."""

    estado: Estado | None = None
    cita_id: UUID | None = None


def respuesta_por_id(session: Session, respuesta_id: UUID) -> Respuesta:
    """The answer; raises NoEncontrado."""
    respuesta = session.get(Respuesta, respuesta_id)
    if respuesta is None:
        raise NoEncontrado
    return respuesta


def respuestas(
    session: Session, filtro: Filtro, *, antes_de: Respuesta | None = None
) -> Sequence[Respuesta]:
    """The newest first, at most `LIMITE`."""
    query = select(Respuesta).order_by(Respuesta.id.desc())
    if filtro.estado is not None:
        query = query.where(Respuesta.estado == filtro.estado)
    if filtro.cita_id is not None:
        query = query.where(Respuesta.cita_id == filtro.cita_id)
    if antes_de is not None:
        query = query.where(Respuesta.id < antes_de.id)
    return session.scalars(query.limit(LIMITE)).all()


def de_persona(session: Session, persona_id: UUID) -> Sequence[Respuesta]:
    """Every answer of a person, the oldest first."""
    return session.scalars(
        select(Respuesta).where(Respuesta.persona_id == persona_id).order_by(Respuesta.id)
    ).all()
