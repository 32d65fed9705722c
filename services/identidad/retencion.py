"""What identidad forgets: the links of accounts, long after they opened anything. Its sessions go
by a sweep of their own (`tasks.py`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from identidad.enlaces.models import EnlaceDeCuenta, FichaDeEnlace, Proposito
from oficina.retencion import Retencion

retencion = Retencion("identidad")


def _viejos(limite: datetime) -> Select[Any]:
    """Those that open nothing since; the newest invitation of who still waits stays."""
    return select(EnlaceDeCuenta.id).where(
        EnlaceDeCuenta.pedido_en < limite,
        or_(
            EnlaceDeCuenta.usado_en < limite,
            EnlaceDeCuenta.revocado_en < limite,
            EnlaceDeCuenta.proposito == Proposito.CLAVE,
        ),
    )


@retencion.clase("identidad.enlace_de_cuenta", _viejos)
def borrar_enlaces(session: Session, ids: Sequence[UUID]) -> int:
    """The link and the hashes by which it opened; that it was asked for stays in the audit."""
    for table, column in (
        (FichaDeEnlace, FichaDeEnlace.enlace_id),
        (EnlaceDeCuenta, EnlaceDeCuenta.id),
    ):
        session.execute(
            delete(table).where(column.in_(ids)).execution_options(synchronize_session=False)
        )
    return len(ids)
