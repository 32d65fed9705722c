"""What can be asked of copies."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, undefer

from casos.copias.models import CopiaDeDatos
from casos.copias.states import POR_HACER, EstadoCopia
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


def debidas(session: Session, real: datetime) -> Sequence[UUID]:
    """Copies to be made that nobody is making."""
    libre = or_(CopiaDeDatos.tomada_hasta.is_(None), CopiaDeDatos.tomada_hasta <= real)
    return session.scalars(
        select(CopiaDeDatos.id).where(CopiaDeDatos.estado.in_(POR_HACER), libre).limit(20)
    ).all()


def caducas(session: Session, ahora: datetime) -> Sequence[UUID]:
    """Copies whose files are to be forgotten."""
    return session.scalars(
        select(CopiaDeDatos.id)
        .where(CopiaDeDatos.estado == EstadoCopia.LISTA, CopiaDeDatos.caduca_en <= ahora)
        .limit(100)
    ).all()
