"""A rule of reminders and its versions, of which none is ever changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from notificaciones.base import Base
from notificaciones.reglas.calculo import Recordatorio
from oficina.actor import Actor
from oficina.clock import real_now
from oficina.db import Identified, text_enum


class Origen(StrEnum):
    """Who wrote a version."""

    FABRICA = "fabrica"
    OFICINA = "oficina"


class Regla(Identified, Base):
    """A rule, on or off; what it says is its version `numero`. Is turned off, never deleted: the
    messages that it asked for keep its name.
    """

    __tablename__ = "reglas"

    clave: Mapped[str] = mapped_column(String(40), unique=True)
    numero: Mapped[int] = mapped_column(default=0)
    activa: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def siguiente(
        self, dice: Recordatorio, *, activa: bool, actor: Actor, origen: Origen
    ) -> "VersionDeRegla":
        """Say something else from now on, or be turned on or off."""
        self.numero, self.activa = self.numero + 1, activa
        return VersionDeRegla(
            regla_id=self.id,
            numero=self.numero,
            activa=activa,
            dice=dice.escrito(),
            origen=origen,
            hecha_por=actor.nombre,
            hecha_por_id=actor.id,
        )


class VersionDeRegla(Identified, Base):
    """What a rule said since a moment; append-only."""

    __tablename__ = "versiones_de_regla"
    __table_args__ = (UniqueConstraint("regla_id", "numero"),)

    regla_id: Mapped[UUID] = mapped_column(ForeignKey("reglas.id"))
    numero: Mapped[int] = mapped_column()
    activa: Mapped[bool] = mapped_column()
    dice: Mapped[dict[str, Any]] = mapped_column(JSON)
    origen: Mapped[Origen] = mapped_column(text_enum(Origen))
    hecha_en: Mapped[datetime] = mapped_column(default=real_now)
    hecha_por: Mapped[str] = mapped_column(String(200))
    hecha_por_id: Mapped[UUID] = mapped_column()

    @property
    def recordatorio(self) -> Recordatorio:
        """What it says."""
        return Recordatorio.de(self.dice)
