"""What becomes of messages and answers when two records turn out to be of one person, and when not.

Who a message is for, in which language and where it goes is asked of their owner before it leaves.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from notificaciones.entrantes.models import Respuesta
from notificaciones.masivos.models import FilaDeEnvio
from notificaciones.mensajes.models import Mensaje
from oficina.apartadas import apartada

_TABLAS: Sequence[type[Any]] = (Mensaje, Respuesta, FilaDeEnvio)


def llevar(session: Session, absorbida_id: UUID, vigente_id: UUID) -> list[UUID]:
    """What is of one record is of the other now; the ids."""
    # Whoever writes something for this record at this moment was before, or finds it joined.
    apartada(session, absorbida_id)
    movidas: list[UUID] = []
    for tabla in _TABLAS:
        suyas = tabla.persona_id == absorbida_id
        movidas += _pasar(session, tabla, suyas, vigente_id)
    return movidas


def devolver(
    session: Session,
    vigente_id: UUID,
    absorbida_id: UUID,
    movidas: Iterable[UUID],
    casos: Iterable[str],
) -> None:
    """What had gone over, and what is of the cases that go back, is the other record's."""
    ids, de_casos = list(movidas), [UUID(uno) for uno in casos]
    for tabla in _TABLAS:
        suyas = tabla.id.in_(ids)
        if tabla is not FilaDeEnvio:
            suyas = or_(suyas, tabla.caso_id.in_(de_casos))
        _pasar(session, tabla, (tabla.persona_id == vigente_id) & suyas, absorbida_id)


def _pasar(session: Session, tabla: type[Any], cuales: Any, a: UUID) -> Sequence[UUID]:
    ids = session.scalars(select(tabla.id).where(cuales).order_by(tabla.id)).all()
    session.execute(
        update(tabla)
        .where(tabla.id.in_(ids))
        .values(persona_id=a)
        .execution_options(synchronize_session=False)
    )
    return ids
