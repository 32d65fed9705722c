"""Records that were joined to another one: what was known by them is found where it is now."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from casos.personas.models import Persona


def vigentes(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, UUID]:
    """Of several people, those whose record was joined to another, and to which."""
    filas = session.execute(
        select(Persona.id, Persona.fusionada_en_id).where(
            Persona.id.in_(list(ids)), Persona.fusionada_en_id.is_not(None)
        )
    )
    return {una: vigente for una, vigente in filas if vigente is not None}


def unidas_a(session: Session, persona_id: UUID) -> Sequence[Persona]:
    """The records that were joined to this one, the oldest first."""
    return session.scalars(
        select(Persona).where(Persona.fusionada_en_id == persona_id).order_by(Persona.id)
    ).all()


def con_unidas(session: Session, persona_id: UUID) -> list[UUID]:
    """Somebody's record and those that were joined to it, by their ids."""
    return [persona_id, *session.scalars(_unidas(), {"persona_id": persona_id})]


@cache
def _unidas() -> Select[UUID]:
    unidas = select(Persona.id).where(Persona.fusionada_en_id == bindparam("persona_id"))
    return unidas.order_by(Persona.id)


def nombres_de_unidas(session: Session, persona_id: UUID) -> list[str]:
    """The names of somebody in the records that were joined to theirs."""
    return [nombre for una in unidas_a(session, persona_id) for nombre in una.nombres_suyos]
