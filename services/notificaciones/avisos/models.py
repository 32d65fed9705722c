"""What somebody of the staff prefers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.orm import Mapped, mapped_column

from notificaciones.base import Base
from oficina.clock import real_now
from oficina.db import text_enum


class Modo(StrEnum):
    """When notices about cases reach their reader. What is urgent never waits."""

    AL_MOMENTO = "al_momento"
    RESUMEN = "resumen"
    RESUMEN_Y_URGENTES = "resumen_y_urgentes"  # together, and what is urgent both at once and there


class PreferenciaDeAvisos(Base):
    """What one of the staff chose; without a row, at once."""

    __tablename__ = "preferencias_de_avisos"

    funcionario_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    modo: Mapped[Modo] = mapped_column(text_enum(Modo), default=Modo.AL_MOMENTO)
    cambiada_en: Mapped[datetime] = mapped_column(default=real_now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
