"""What can be asked about migratory status."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.personas.models import Persona
from casos.situaciones.models import SituacionMigratoria


def es_legible(session: Session, persona_id: UUID, alcance: Alcance) -> bool:
    """Whether the reader may know of somebody's migratory status."""
    consulta = select(Persona.id).where(Persona.id == persona_id, alcance.situaciones())
    return session.scalar(consulta) is not None


def exigir_legible(session: Session, persona_id: UUID, alcance: Alcance) -> None:
    """Raise NoEncontrado, CasoReservado, DatosBloqueados or PersonaUnida unless it is so."""
    if not es_legible(session, persona_id, alcance):
        raise alcance.negativa_de_situacion(session, persona_id)


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
