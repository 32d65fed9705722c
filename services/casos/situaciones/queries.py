"""What can be asked about migratory status."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.situaciones.models import SituacionMigratoria


def situaciones(session: Session, persona_id: UUID) -> Sequence[SituacionMigratoria]:
    """What a person told of their migratory status, the newest first."""
    return session.scalars(
        select(SituacionMigratoria)
        .where(SituacionMigratoria.persona_id == persona_id)
        .order_by(SituacionMigratoria.id.desc())
    ).all()


def ultima(session: Session, persona_id: UUID) -> SituacionMigratoria | None:
    """What is known now."""
    return session.scalar(
        select(SituacionMigratoria)
        .where(SituacionMigratoria.persona_id == persona_id)
        .order_by(SituacionMigratoria.id.desc())
        .limit(1)
    )
