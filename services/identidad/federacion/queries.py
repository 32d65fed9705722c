"""What can be asked of links with providers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from identidad.federacion.models import VinculoFederado
from identidad.federacion.proveedor import Identidad


def vinculo_de(session: Session, identidad: Identidad) -> VinculoFederado | None:
    """The link of somebody there with an account here."""
    return session.scalar(
        select(VinculoFederado).where(
            VinculoFederado.emisor == identidad.emisor, VinculoFederado.sujeto == identidad.sujeto
        )
    )


def vinculos(session: Session, funcionario_id: UUID) -> Sequence[VinculoFederado]:
    """The links of an account."""
    query = select(VinculoFederado).where(VinculoFederado.funcionario_id == funcionario_id)
    return session.scalars(query.order_by(VinculoFederado.id)).all()
