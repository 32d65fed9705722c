"""What can be asked of blocks."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from casos.bloqueos.models import Bloqueo
from casos.expedientes.models import Caso
from oficina.errors import NoEncontrado

MAXIMO = 200


def bloqueo_por_id(session: Session, bloqueo_id: UUID) -> Bloqueo:
    """A block with its person; raises NoEncontrado."""
    hallado = session.scalar(
        select(Bloqueo).where(Bloqueo.id == bloqueo_id).options(joinedload(Bloqueo.persona))
    )
    if hallado is None:
        raise NoEncontrado
    return hallado


def vigente(session: Session, persona_id: UUID) -> Bloqueo | None:
    """The block that holds a person's data."""
    return session.scalar(
        select(Bloqueo).where(Bloqueo.persona_id == persona_id, Bloqueo.levantado_en.is_(None))
    )


def vigentes(session: Session) -> Sequence[Bloqueo]:
    """The blocks that hold, the oldest first, with their people; at most `MAXIMO`."""
    return session.scalars(
        select(Bloqueo)
        .where(Bloqueo.levantado_en.is_(None))
        .options(joinedload(Bloqueo.persona))
        .order_by(Bloqueo.id)
        .limit(MAXIMO)
    ).all()


def casos_de(session: Session, persona_id: UUID) -> list[str]:
    """The ids of somebody's cases, as facts carry them."""
    ids = session.scalars(select(Caso.id).where(Caso.persona_id == persona_id).order_by(Caso.id))
    return [str(caso_id) for caso_id in ids]
