"""What becomes of messages when two records turn out to be of one person, and when not.

Who a message is for, in which language and where it goes is asked of their owner before it leaves.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from notificaciones.mensajes.models import Mensaje
from oficina.apartadas import apartada


def llevar(session: Session, absorbida_id: UUID, vigente_id: UUID) -> Sequence[UUID]:
    """The messages to one record are to the other now; their ids."""
    apartada(session, absorbida_id)
    ids = session.scalars(
        select(Mensaje.id).where(Mensaje.persona_id == absorbida_id).order_by(Mensaje.id)
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
    """Those that had gone over, and those of the cases that go back, are the other record's again."""
    suyos = or_(Mensaje.id.in_(list(movidas)), Mensaje.caso_id.in_([UUID(uno) for uno in casos]))
    ids = session.scalars(select(Mensaje.id).where(Mensaje.persona_id == vigente_id, suyos)).all()
    _pasar(session, ids, absorbida_id)


def _pasar(session: Session, ids: Sequence[UUID], a: UUID) -> None:
    session.execute(
        update(Mensaje)
        .where(Mensaje.id.in_(ids))
        .values(persona_id=a)
        .execution_options(synchronize_session=False)
    )
