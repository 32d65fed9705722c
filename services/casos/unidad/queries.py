"""What a municipal unit can ask: the derivations that were sent to it, and nothing else."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import Session, joinedload, selectinload

from casos.alcance import Alcance
from casos.derivaciones.models import Derivacion
from casos.derivaciones.states import ACTIVAS
from oficina.errors import NoEncontrado

LIMITE = 200


def recibidas(session: Session, alcance: Alcance) -> Sequence[Derivacion]:
    """The derivations to the reader's unit, those that wait first, then the newest."""
    return session.scalars(
        select(Derivacion)
        .where(alcance.derivaciones_a_mi_unidad())
        .options(joinedload(Derivacion.servicio), joinedload(Derivacion.institucion))
        .order_by(case((Derivacion.estado.in_(ACTIVAS), 0), else_=1), Derivacion.id.desc())
        .limit(LIMITE)
    ).all()


def recibida(session: Session, derivacion_id: UUID, alcance: Alcance) -> Derivacion:
    """One of them, with its answers. Raises NoEncontrado."""
    derivacion = session.scalar(
        select(Derivacion)
        .where(Derivacion.id == derivacion_id, alcance.derivaciones_a_mi_unidad())
        .options(
            joinedload(Derivacion.servicio),
            joinedload(Derivacion.institucion),
            selectinload(Derivacion.respuestas),
        )
    )
    if derivacion is None:
        raise NoEncontrado
    return derivacion
