"""Relations between people. None is rewritten: it ends, or was written down by mistake."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.actor import Actor
from oficina.audit import Personal
from oficina.db import Identified
from oficina.privacy import EncryptedText


class Vinculo(Personal, Identified, Base):
    """What another one is to somebody: by their record (`otra_id`), or a name without one."""

    __tablename__ = "vinculos"

    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    otra_id: Mapped[UUID | None] = mapped_column(ForeignKey("personas.id"), index=True)
    nombre: Mapped[str | None] = mapped_column(EncryptedText("casos.vinculo.nombre"))
    tipo: Mapped[str] = mapped_column(String(40))
    desde: Mapped[date | None]
    hasta: Mapped[date | None]
    por_error: Mapped[bool] = mapped_column(default=False)
    anotado_en: Mapped[datetime]
    anotado_por: Mapped[str] = mapped_column(String(160))
    terminado_en: Mapped[datetime | None]
    terminado_por: Mapped[str] = mapped_column(String(160), default="")

    def terminar(self, hasta: date, quien: Actor, ahora: datetime, *, por_error: bool) -> None:
        """It is so no more, or never was."""
        self.hasta, self.por_error = hasta, por_error
        self.terminado_en, self.terminado_por = ahora, quien.nombre
