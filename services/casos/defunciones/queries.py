"""What can be asked about deaths."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.defunciones.models import Defuncion
from casos.personas.queries import persona_a_la_vista
from oficina.errors import NoEncontrado


def de_persona(session: Session, persona_id: UUID) -> Sequence[Defuncion]:
    """What was told of somebody's death, also what was taken back, the newest first."""
    return session.scalars(
        select(Defuncion).where(Defuncion.persona_id == persona_id).order_by(Defuncion.id.desc())
    ).all()


def defuncion_por_id(session: Session, defuncion_id: UUID, alcance: Alcance) -> Defuncion:
    """One of somebody whom the reader may see. Raises NoEncontrado, DatosBloqueados."""
    hallada = session.get(Defuncion, defuncion_id)
    if hallada is None:
        raise NoEncontrado
    persona_a_la_vista(session, hallada.persona_id, alcance)
    return hallada
