"""What the office knows of a letter that it printed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.db import Identified


class Oficio(Identified, Base):
    """The letter of a derivation: one, however often it is printed. Nothing of the person is in it.

    `docdigital` is its number in DocDigital, when it went that way.
    """

    __tablename__ = "oficios"

    numero: Mapped[str] = mapped_column(String(20), unique=True)
    derivacion_id: Mapped[UUID] = mapped_column(ForeignKey("derivaciones.id"), unique=True)
    impresiones: Mapped[int] = mapped_column(default=0)
    emitido_por: Mapped[str] = mapped_column(String(160))
    emitido_en: Mapped[datetime] = mapped_column()
    impreso_en: Mapped[datetime] = mapped_column()
    docdigital: Mapped[str | None] = mapped_column(String(40))
