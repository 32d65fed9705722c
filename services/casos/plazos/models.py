"""What a deadline is: a clock that started, ends and may be paused, or extended."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.db import Identified, text_enum


class EstadoPlazo(StrEnum):
    """The life of a deadline."""

    CORRIENDO = "corriendo"
    PAUSADO = "pausado"
    CUMPLIDO = "cumplido"
    CANCELADO = "cancelado"


VIVOS = (EstadoPlazo.CORRIENDO, EstadoPlazo.PAUSADO)
"""Of a deadline that was neither met nor taken back."""


class Plazo(Identified, Base):
    """One clock of one case, of one of its derivations or tasks, of a request about somebody's
    data, or of a breach.

    `siguiente_en` is when its next stage (`siguiente_nivel`, a percentage) is due; both are empty
    when nothing more will happen. `nivel` is the last stage that was told. One whose stage could
    not be passed is left alone until `visible`, on the machine's clock. One that was extended, or
    held for a while, keeps its first end in `vence_en_original`; after a pause its stages count
    from `corre_desde`, where it would have begun had nobody held it.
    """

    __tablename__ = "plazos"
    __table_args__ = (
        # Who follows up reads on from the last one that was read, however many are due at once.
        Index("ix_plazos_estado_siguiente_en_id", "estado", "siguiente_en", "id"),
    )

    caso_id: Mapped[UUID | None] = mapped_column(ForeignKey("casos.id"), index=True)
    derivacion_id: Mapped[UUID | None] = mapped_column(ForeignKey("derivaciones.id"), index=True)
    solicitud_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("solicitudes_derecho.id"), index=True
    )
    incidente_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidentes.id"), index=True)
    tarea_id: Mapped[UUID | None] = mapped_column(ForeignKey("tareas.id"), index=True)
    reloj: Mapped[str] = mapped_column(String(40))
    prioridad: Mapped[str] = mapped_column(String(20))
    # The version of reglas.json under which it was computed.
    reglas_version: Mapped[str] = mapped_column(String(20))
    estado: Mapped[EstadoPlazo] = mapped_column(text_enum(EstadoPlazo))
    inicia_en: Mapped[datetime] = mapped_column()
    corre_desde: Mapped[datetime | None] = mapped_column()
    vence_en: Mapped[datetime] = mapped_column()
    vence_en_original: Mapped[datetime | None] = mapped_column()
    prorrogado_en: Mapped[datetime | None] = mapped_column()
    nivel: Mapped[int] = mapped_column(default=0)
    siguiente_nivel: Mapped[int | None] = mapped_column()
    siguiente_en: Mapped[datetime | None] = mapped_column()
    pausado_en: Mapped[datetime | None] = mapped_column()
    terminado_en: Mapped[datetime | None] = mapped_column()
    intentos: Mapped[int] = mapped_column(default=0, server_default="0")
    visible: Mapped[datetime | None] = mapped_column()

    @property
    def desde(self) -> datetime:
        """From when its stages count."""
        return self.corre_desde or self.inicia_en
