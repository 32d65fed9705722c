"""What becomes of appointments when two records turn out to be of one person, and when not."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from agenda.models import Cita
from oficina.apartadas import apartada


def llevar(session: Session, absorbida_id: UUID, vigente_id: UUID) -> Sequence[UUID]:
    """The appointments of one record are of the other now; their ids."""
    # Whoever books for this record at this moment was before, or finds that it was joined.
    apartada(session, absorbida_id)
    ids = session.scalars(
        select(Cita.id).where(Cita.persona_id == absorbida_id).order_by(Cita.id)
    ).all()
    _pasar(session, ids, vigente_id)
    return ids


def devolver(
    session: Session,
    vigente_id: UUID,
    absorbida_id: UUID,
    movidas: Iterable[UUID],
    casos: Iterable[str],
) -> None:
    """Those that had gone over, and those of the cases that go back, are the other record's."""
    suyas = or_(Cita.id.in_(list(movidas)), Cita.caso_id.in_([UUID(uno) for uno in casos]))
    ids = session.scalars(select(Cita.id).where(Cita.persona_id == vigente_id, suyas)).all()
    _pasar(session, ids, absorbida_id)


def _pasar(session: Session, ids: Sequence[UUID], a: UUID) -> None:
    session.execute(
        update(Cita)
        .where(Cita.id.in_(ids))
        .values(persona_id=a)
        .execution_options(synchronize_session=False)
    )
