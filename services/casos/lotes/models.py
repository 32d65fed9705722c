"""What of a batch was done already: sent again, it is not done twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.db import Identified


class HechoEnLote(Identified, Base):
    """One row of a batch that was done, written with what it did.

    `clave` was given out with the preview, `huella` is of what was to be done: ids and a hash.
    """

    __tablename__ = "hechos_en_lote"
    __table_args__ = (UniqueConstraint("clave", "caso_id"),)

    clave: Mapped[UUID] = mapped_column()
    caso_id: Mapped[UUID] = mapped_column()
    huella: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[UUID] = mapped_column()
    hecho_en: Mapped[datetime] = mapped_column(index=True)
