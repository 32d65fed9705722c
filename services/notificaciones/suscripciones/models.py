"""A subscription, its deliveries and the attempts of each.

What the machine knows of an endpoint (`fallas`, `siguiente_en` …) changes with each attempt and is
written without the row's version, which is that of what people edit.
"""

import base64
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from notificaciones.base import Base
from notificaciones.suscripciones.reintentos import reintentos
from notificaciones.suscripciones.states import (
    PASOS,
    Cadencia,
    Estado,
    Falla,
    Motivo,
    Origen,
    Paso,
    Via,
)
from oficina.bus.difusion import Alcance, Difundible
from oficina.bus.tables import Retryable
from oficina.bus.topology import EXTERNAS
from oficina.clock import real_now
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText

VIGENCIA_DEL_ANTERIOR = timedelta(hours=24)
"""How long a secret that was replaced still signs."""


def nombre_de_cola(unidad: str, suscripcion_id: UUID) -> str:
    """What RabbitMQ calls the queue of a subscription, and its user."""
    return f"{EXTERNAS}{unidad}.{suscripcion_id.hex}"


class Suscripcion(Identified, Base):
    """What a unit gets, why, and how."""

    __tablename__ = "suscripciones"

    unidad: Mapped[str] = mapped_column(String(80), index=True)
    nombre: Mapped[str] = mapped_column(String(120))
    via: Mapped[Via] = mapped_column(text_enum(Via))
    tipos: Mapped[list[str]] = mapped_column(JSON)
    """CloudEvents types."""
    filtros: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    finalidad: Mapped[str] = mapped_column(String(300))
    base: Mapped[str] = mapped_column(String(40))
    url: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.suscripcion.url"))
    ordenada: Mapped[bool] = mapped_column(default=False)
    simultaneas: Mapped[int | None] = mapped_column()
    """How many batches its endpoint takes at once at most; None leaves it to the office."""

    # Of a digest: where it goes, in which language, how often, and at which hour of Chile.
    correo: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.suscripcion.correo"))
    idioma: Mapped[str | None] = mapped_column(String(20))
    cadencia: Mapped[Cadencia | None] = mapped_column(text_enum(Cadencia))
    dia: Mapped[int | None] = mapped_column()
    """Of the week, for a weekly one: 0 is Monday."""
    hora: Mapped[time | None] = mapped_column()
    correo_verificado_en: Mapped[datetime | None] = mapped_column()
    """When somebody at that address opened the link; nothing else is sent there before."""
    enlace_huella: Mapped[str | None] = mapped_column(String(64), unique=True)
    enlace_hasta: Mapped[datetime | None] = mapped_column()
    resumen_id: Mapped[UUID | None] = mapped_column()
    """The message of the last digest."""

    estado: Mapped[Estado] = mapped_column(text_enum(Estado), default=Estado.ACTIVA)
    motivo: Mapped[Motivo | None] = mapped_column(text_enum(Motivo))
    clave: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.suscripcion.clave"))
    """The key of its pseudonyms; without it nobody can say any more whom they stood for."""
    secreto: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.suscripcion.secreto"))
    anterior: Mapped[str | None] = mapped_column(
        EncryptedText("notificaciones.suscripcion.anterior")
    )
    anterior_hasta: Mapped[datetime | None] = mapped_column()
    huella: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the secret in the address of a feed; of a webhook there is none."""

    fallas: Mapped[int] = mapped_column(default=0)
    """Attempts in a row of which its endpoint answered none well."""
    fallando_desde: Mapped[datetime | None] = mapped_column()
    siguiente_en: Mapped[datetime | None] = mapped_column()
    """Its endpoint is left alone until then."""
    vista_en: Mapped[datetime | None] = mapped_column()
    """The last time that it took something, or that its feed was read."""
    repite_despues: Mapped[int | None] = mapped_column(BigInteger)
    repite_hasta: Mapped[int | None] = mapped_column(BigInteger)
    """Facts of the inbox that are still to be repeated: after the first, up to the second."""

    creada_en: Mapped[datetime] = mapped_column(default=real_now)
    creada_por: Mapped[str] = mapped_column(String(200))
    creada_por_id: Mapped[UUID] = mapped_column()
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def destino(self) -> str:
        """Where what is sent goes: a webhook's address, the name of the queue, or a mailbox."""
        if self.via is Via.COLA:
            return nombre_de_cola(self.unidad, self.id)
        return (self.correo if self.via is Via.RESUMEN else self.url) or ""

    @property
    def cola(self) -> str | None:
        """The name of its queue, if it has one."""
        return self.destino if self.via is Via.COLA else None

    @property
    def a_la_vez(self) -> int:
        """How many batches may be out at once. One to a queue, which keeps the order."""
        if self.fallas or self.via is Via.COLA:
            return 1
        return self.simultaneas or reintentos().simultaneas

    def admite(self, regla: Difundible, data: Mapping[str, Any]) -> bool:
        """Whether a fact with these fields is for it."""
        if regla.kind.ce_type() not in self.tipos:
            return False
        if regla.alcance is Alcance.UNIDAD and data.get("unidad") != self.unidad:
            return False
        return all(
            data[campo] in valores for campo, valores in self.filtros.items() if campo in data
        )

    @property
    def repitiendo(self) -> bool:
        """Whether what happened before is on its way again."""
        return self.repite_hasta is not None

    def clave_de_seudonimos(self) -> bytes:
        """Raises AssertionError for one that is closed."""
        if self.clave is None:
            raise AssertionError("a closed subscription hears nothing")
        return base64.b64decode(self.clave)

    def secretos(self, ahora: datetime) -> list[str]:
        """With which its webhooks are signed now: the present one first."""
        vigente = self.anterior_hasta is not None and ahora < self.anterior_hasta
        return [uno for uno in (self.secreto, self.anterior if vigente else None) if uno]

    def pausar(self) -> None:
        """Nothing is sent or shown; what happens waits."""
        self._pasar(Paso.PAUSAR)

    def reanudar(self) -> None:
        """Go on, as if it had never failed."""
        self._pasar(Paso.REANUDAR)
        self.motivo = None
        self.fallas, self.fallando_desde, self.siguiente_en = 0, None, None

    def desactivar(self, motivo: Motivo) -> None:
        """The office gives it up until somebody says otherwise."""
        self._pasar(Paso.DESACTIVAR)
        self.motivo = motivo
        if self.via is Via.RESUMEN:
            self.olvidar_correo()

    def cerrar(self) -> None:
        """For good."""
        self._pasar(Paso.CERRAR)
        self.clave = self.secreto = self.anterior = self.anterior_hasta = self.huella = None
        self.repite_despues = self.repite_hasta = None
        self.olvidar_correo()
        self.correo = None

    def olvidar_correo(self) -> None:
        """Whether its address is somebody's has to be found out anew."""
        self.correo_verificado_en = self.enlace_huella = self.enlace_hasta = None
        self.resumen_id = None

    def confirmar_correo(self, ahora: datetime) -> None:
        """Somebody there opened its link, which opens nothing more."""
        self.correo_verificado_en, self.enlace_huella, self.enlace_hasta = ahora, None, None

    @property
    def espera_confirmacion(self) -> bool:
        """Whether its digests wait until somebody at its address opens the link."""
        return self.via is Via.RESUMEN and self.correo_verificado_en is None

    def rotar(self, secreto: str, ahora: datetime) -> None:
        """Sign with another secret, and for a while with both."""
        self.anterior, self.anterior_hasta = self.secreto, ahora + VIGENCIA_DEL_ANTERIOR
        self.secreto = secreto

    def _pasar(self, paso: Paso) -> None:
        pasos = PASOS[self.estado]
        if paso not in pasos:
            raise TransicionInvalida(self.estado, pasos)
        self.estado = pasos[paso]


_PENDIENTE = text("estado = 'pendiente'")


class Entrega(Retryable, Identified, Base):
    """One fact for one subscription. Its id is the `webhook-id`, and stays."""

    __tablename__ = "entregas"
    __table_args__ = (
        UniqueConstraint("suscripcion_id", "evento_id"),
        Index("ix_entregas_lectura", "suscripcion_id", "id"),
        Index(
            "ix_entregas_turno",
            "suscripcion_id",
            "visible",
            sqlite_where=_PENDIENTE,
            postgresql_where=_PENDIENTE,
        ),
        Index(
            "ix_entregas_orden",
            "suscripcion_id",
            "agregado",
            "secuencia",
            sqlite_where=_PENDIENTE,
            postgresql_where=_PENDIENTE,
        ),
    )

    suscripcion_id: Mapped[UUID] = mapped_column(ForeignKey("suscripciones.id"))
    evento_id: Mapped[UUID | None] = mapped_column()
    """Of the fact among ourselves; None of a test. Never leaves."""
    tipo: Mapped[str] = mapped_column(String(160))
    agregado: Mapped[str] = mapped_column(String(120))
    secuencia: Mapped[int] = mapped_column(BigInteger)
    caso_id: Mapped[UUID | None] = mapped_column(index=True)
    origen: Mapped[Origen] = mapped_column(text_enum(Origen, 20))
    cuerpo: Mapped[str] = mapped_column(EncryptedText("notificaciones.entrega.cuerpo"))
    creada_en: Mapped[datetime] = mapped_column(default=real_now, index=True)

    reserva: Mapped[UUID | None] = mapped_column()
    reservada_hasta: Mapped[datetime | None] = mapped_column()
    ultimo_status: Mapped[int | None] = mapped_column()
    ultima_ms: Mapped[int | None] = mapped_column()


class IntentoDeEntrega(Identified, Base):
    """One time that a delivery was tried; append-only."""

    __tablename__ = "intentos_de_entrega"

    entrega_id: Mapped[UUID] = mapped_column(
        ForeignKey("entregas.id", ondelete="CASCADE"), index=True
    )
    en: Mapped[datetime] = mapped_column()
    status: Mapped[int | None] = mapped_column()
    ms: Mapped[int] = mapped_column()
    falla: Mapped[Falla | None] = mapped_column(text_enum(Falla))


class CasoCallado(Base):
    """A case whose confidentiality changed: what was told of it before is told to nobody more."""

    __tablename__ = "casos_callados"

    caso_id: Mapped[UUID] = mapped_column(primary_key=True)
    desde: Mapped[datetime] = mapped_column()
