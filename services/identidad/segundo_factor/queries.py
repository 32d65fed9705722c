"""What can be asked of second factors."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identidad.segundo_factor.models import CodigoDeRecuperacion, SegundoFactor


def factor_de(
    session: Session, funcionario_id: UUID, *, bloquear: bool = False
) -> SegundoFactor | None:
    """The second factor of an account, active or about to be."""
    query = select(SegundoFactor).where(SegundoFactor.funcionario_id == funcionario_id)
    return session.scalar(query.with_for_update() if bloquear else query)


def codigos_que_quedan(session: Session, funcionario_id: UUID) -> int:
    """How many recovery codes are unused."""
    query = select(func.count()).where(
        CodigoDeRecuperacion.funcionario_id == funcionario_id,
        CodigoDeRecuperacion.usado_en.is_(None),
    )
    return session.scalar(query) or 0
