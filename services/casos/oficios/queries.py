"""What can be asked of letters."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.oficios.models import Oficio


def oficio_de(session: Session, derivacion_id: UUID) -> Oficio | None:
    """The letter of a derivation that the reader may read, if one was ever printed."""
    return session.scalar(select(Oficio).where(Oficio.derivacion_id == derivacion_id))
