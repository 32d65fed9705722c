"""What agenda forgets: what an appointment was about, and with which organisation. That there was
one stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from agenda.models import Cita
from oficina.retencion import Retencion

retencion = Retencion("agenda")


def _con_detalle(limite: datetime) -> Select[Any]:
    return select(Cita.id).where(
        Cita.termina_en < limite,
        or_(
            Cita.asunto.is_not(None),
            Cita.detalle_cancelacion.is_not(None),
            Cita.organizacion_id.is_not(None),
        ),
    )


@retencion.clase("agenda.cita.detalle", _con_detalle)
def vaciar(session: Session, ids: Sequence[UUID]) -> int:
    """Also of one that nobody said how it ended."""
    session.execute(
        update(Cita)
        .where(Cita.id.in_(ids))
        .values(
            asunto=None, detalle_cancelacion=None, organizacion_id=None, organizacion_nombre=None
        )
        .execution_options(synchronize_session=False)
    )
    return len(ids)
