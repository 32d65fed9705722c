"""What can be asked of evaluations: always of a case that was read."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from casos.expedientes.models import Caso, Evaluacion


def con_respuestas(session: Session, caso: Caso) -> Sequence[Evaluacion]:
    """The evaluations of a case with what was answered, the newest first."""
    return session.scalars(
        select(Evaluacion)
        .where(Evaluacion.caso_id == caso.id)
        .order_by(Evaluacion.id.desc())
        .options(undefer(Evaluacion.respuestas_selladas))
    ).all()
