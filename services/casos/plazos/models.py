"""What a deadline is: a clock that started, ends and may be paused, or extended."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from casos.plazos.reglas import reglas
from oficina.db import Identified, text_enum


class EstadoPlazo(StrEnum):
    """The life of a deadline."""

    CORRIENDO = "corriendo"
    PAUSADO = "pausado"
    CUMPLIDO = "cumplido"
    CANCELADO = "cancelado"


class OrigenPlazo(StrEnum):
    """Who says how long a deadline is."""

    REGLAS = "reglas"
    SERVICIO = "servicio"


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
        Index("ix_plazos_estado_calendario", "estado", "calendario"),
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
    # The version of the rules with which it began: the program's or one of the office's.
    reglas_version: Mapped[str] = mapped_column(String(20))
    # The working days that the service had promised that day, where they took the rule's place.
    acuerdo_dias: Mapped[int | None] = mapped_column()
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

    # The version of the municipality's calendar under which it was computed, and the days off of it
    # from the day on which it began.
    calendario: Mapped[int] = mapped_column(default=0, server_default="0")
    cierres: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")

    @property
    def origen(self) -> OrigenPlazo:
        """Whose length it began with."""
        return OrigenPlazo.REGLAS if self.acuerdo_dias is None else OrigenPlazo.SERVICIO

    @property
    def desde(self) -> datetime:
        """From when its stages count."""
        return self.corre_desde or self.inicia_en

    @property
    def dias_cerrados(self) -> frozenset[date]:
        """The days off that it passes over."""
        return frozenset(date.fromisoformat(dia) for dia in self.cierres or ())

    def fijar_siguiente(self) -> None:
        """Say which stage comes next, and when; none of one that does not run."""
        etapa = None
        if self.estado is EstadoPlazo.CORRIENDO:
            etapa = reglas().siguiente(self.reloj, self.nivel)
        self.siguiente_nivel = etapa.nivel if etapa else None
        self.siguiente_en = (
            reglas()
            .relojes[self.reloj]
            .momento(self.desde, self.vence_en, etapa.nivel, self.dias_cerrados)
            if etapa
            else None
        )


class DiaCerrado(Identified, Base):
    """A day on which the municipality does not work besides Saturdays, Sundays and holidays.

    Rows are never removed: one that was a mistake is taken back, and is a day of work again.
    `version` is the one that the calendar got by the last change of it.
    """

    __tablename__ = "dias_cerrados"

    dia: Mapped[date] = mapped_column(index=True)
    motivo: Mapped[str] = mapped_column(String(120))
    fuente: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column()
    anotado_por: Mapped[str] = mapped_column(String(160))
    anotado_en: Mapped[datetime] = mapped_column()
    retirado_por: Mapped[str | None] = mapped_column(String(160))
    retirado_en: Mapped[datetime | None] = mapped_column()


class VersionDeReglas(Identified, Base):
    """What the office says of how long clocks run that no law sets: clock -> priority -> how long,
    from a day on and until the next version's. Rows are never changed nor removed.
    """

    __tablename__ = "reglas_de_plazos"

    numero: Mapped[int] = mapped_column(unique=True)
    vigente_desde: Mapped[date] = mapped_column(unique=True)
    motivo: Mapped[str] = mapped_column(String(500))
    fuente: Mapped[str] = mapped_column(String(200))
    terminos: Mapped[dict[str, dict[str, int]]] = mapped_column(JSON)
    escrita_por: Mapped[str] = mapped_column(String(160))
    escrita_en: Mapped[datetime] = mapped_column()

    @property
    def nombre(self) -> str:
        """What a deadline keeps of the version with which it began."""
        return f"oficina-{self.numero}"
