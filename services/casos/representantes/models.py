"""Who represents or supports somebody, by which right and which paper. None is rewritten."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.actor import Actor
from oficina.audit import Personal
from oficina.db import Identified
from oficina.privacy import EncryptedText


class Representante(Personal, Identified, Base):
    """Somebody by their record (`otra_id`), or a name without one, who may be called by a telephone
    or mailbox. `recibe_mensajes`: what would be written to a minor is written to them.
    """

    __tablename__ = "representantes"

    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    otra_id: Mapped[UUID | None] = mapped_column(ForeignKey("personas.id"), index=True)
    nombre: Mapped[str | None] = mapped_column(EncryptedText("casos.representante.nombre"))
    telefono: Mapped[str | None] = mapped_column(EncryptedText("casos.representante.telefono"))
    correo: Mapped[str | None] = mapped_column(EncryptedText("casos.representante.correo"))
    tipo: Mapped[str] = mapped_column(String(40))
    # Which paper says so, as it was seen.
    documento: Mapped[str | None] = mapped_column(EncryptedText("casos.representante.documento"))
    recibe_mensajes: Mapped[bool] = mapped_column(default=False)
    desde: Mapped[date]
    # The last day on which it holds, if there is one.
    hasta: Mapped[date | None]
    anotado_en: Mapped[datetime]
    anotado_por: Mapped[str] = mapped_column(String(160))
    terminado_en: Mapped[datetime | None]
    terminado_por: Mapped[str] = mapped_column(String(160), default="")

    def vale(self, dia: date) -> bool:
        """Whether it holds on a day."""
        if self.terminado_en is not None or self.desde > dia:
            return False
        return self.hasta is None or self.hasta >= dia

    def terminar(self, quien: Actor, ahora: datetime) -> None:
        """It holds no more from now on."""
        self.terminado_en, self.terminado_por = ahora, quien.nombre
