"""What the office keeps of its providers: each attempt, what a day took, who paused one, and what
they said later.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from notificaciones.base import Base
from notificaciones.proveedores.resultados import Desenlace
from oficina.db import Identified, text_enum


class IntentoDeEnvio(Identified, Base):
    """One call of one provider for one message. It is written before the call: without an end it
    was cut off.
    """

    __tablename__ = "intentos_de_envio"

    mensaje_id: Mapped[UUID] = mapped_column(ForeignKey("mensajes.id"), index=True)
    reserva: Mapped[UUID] = mapped_column()
    proveedor: Mapped[str] = mapped_column(String(40))
    dia: Mapped[date] = mapped_column()
    segmentos: Mapped[int] = mapped_column(default=0)
    costo: Mapped[int] = mapped_column(default=0)
    """In thousandths of a peso."""
    empezado_en: Mapped[datetime] = mapped_column()
    terminado_en: Mapped[datetime | None] = mapped_column()
    desenlace: Mapped[Desenlace | None] = mapped_column(text_enum(Desenlace))
    detalle: Mapped[str] = mapped_column(String(80), default="")


class ConsumoDeProveedor(Base):
    """What a day took of a provider, or of all of them together (`OFICINA`)."""

    __tablename__ = "consumos_de_proveedor"

    dia: Mapped[date] = mapped_column(primary_key=True)
    proveedor: Mapped[str] = mapped_column(String(40), primary_key=True)
    mensajes: Mapped[int] = mapped_column(default=0)
    segmentos: Mapped[int] = mapped_column(default=0)
    costo: Mapped[int] = mapped_column(default=0)
    rechazados: Mapped[int] = mapped_column(default=0)
    fallas: Mapped[int] = mapped_column(default=0)
    inciertos: Mapped[int] = mapped_column(default=0)


class PausaDeProveedor(Base):
    """A provider that somebody took out of service for a while."""

    __tablename__ = "pausas_de_proveedor"

    proveedor: Mapped[str] = mapped_column(String(40), primary_key=True)
    desde: Mapped[datetime] = mapped_column()
    por: Mapped[str] = mapped_column(String(200))
    por_id: Mapped[UUID] = mapped_column()


class Acuse(StrEnum):
    """What a receipt says."""

    CONFIRMADA = "confirmada"
    REBOTADA = "rebotada"


class Recibo(Identified, Base):
    """What a provider said later of a message, once each. One that came before the message was
    settled, or of which nobody knows what it is about, waits without `aplicado_en`.
    """

    __tablename__ = "recibos"
    __table_args__ = (
        UniqueConstraint("proveedor", "huella"),
        Index("ix_recibos_proveedor_referencia", "proveedor", "referencia"),
        Index("ix_recibos_recibido_en", "recibido_en"),
    )

    proveedor: Mapped[str] = mapped_column(String(40))
    huella: Mapped[str] = mapped_column(String(64))
    referencia: Mapped[str] = mapped_column(String(200), default="")
    mensaje_id: Mapped[UUID | None] = mapped_column(index=True)
    acuse: Mapped[Acuse] = mapped_column(text_enum(Acuse))
    detalle: Mapped[str] = mapped_column(String(80), default="")
    recibido_en: Mapped[datetime] = mapped_column()
    aplicado_en: Mapped[datetime | None] = mapped_column()
