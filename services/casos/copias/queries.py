"""What can be asked of copies."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from casos.copias.models import CopiaDeDatos
from casos.copias.states import EstadoCopia
from oficina.errors import NoEncontrado


def de_solicitud(session: Session, solicitud_id: UUID) -> Sequence[CopiaDeDatos]:
    """The copies that were made for a request, the newest first, without their files."""
    return session.scalars(
        select(CopiaDeDatos)
        .where(CopiaDeDatos.solicitud_id == solicitud_id)
        .order_by(CopiaDeDatos.id.desc())
    ).all()


def archivos(session: Session, solicitud_id: UUID, copia_id: UUID, ahora: datetime) -> CopiaDeDatos:
    """A copy of a request with its files; raises NoEncontrado unless it may be downloaded now."""
    copia = session.scalar(
        select(CopiaDeDatos)
        .where(
            CopiaDeDatos.id == copia_id,
            CopiaDeDatos.solicitud_id == solicitud_id,
            CopiaDeDatos.estado == EstadoCopia.LISTA,
            CopiaDeDatos.caduca_en > ahora,
        )
        .options(undefer(CopiaDeDatos.pdf_sellado), undefer(CopiaDeDatos.json_sellado))
    )
    if copia is None:
        raise NoEncontrado
    return copia
