"""What reportes forgets: reports that were asked for long ago. Facts name nobody and stay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from oficina.retencion import Retencion
from reportes.models import Informe

retencion = Retencion("reportes")


def _viejos(limite: datetime) -> Select[Any]:
    return select(Informe.id).where(Informe.pedido_en < limite)


@retencion.clase("reportes.informe", _viejos)
def borrar(session: Session, ids: Sequence[UUID]) -> int:
    """Whoever needs one again asks for it again."""
    session.execute(
        delete(Informe).where(Informe.id.in_(ids)).execution_options(synchronize_session=False)
    )
    return len(ids)
