"""What identidad forgets: the links of accounts, long after they opened anything. Its sessions go
by a sweep of their own (`tasks.py`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from identidad.enlaces.models import FichaDeEnlace
from oficina.retencion import Retencion

retencion = Retencion("identidad")


def _vencidas(limite: datetime) -> Select[Any]:
    return select(FichaDeEnlace.id).where(FichaDeEnlace.vence_en < limite)


@retencion.clase("identidad.enlace_de_cuenta", _vencidas)
def borrar_fichas(session: Session, ids: Sequence[UUID]) -> int:
    """That a link was asked for and used stays; by what it opened goes."""
    session.execute(
        delete(FichaDeEnlace)
        .where(FichaDeEnlace.id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    return len(ids)
