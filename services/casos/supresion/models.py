"""What an erasure is: who decided it, what went here, and what each other service confirmed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.derechos.models import SolicitudDerecho
from casos.supresion.states import PASOS, Estado, Paso
from oficina.actor import Actor
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText


class Supresion(Identified, Base):
    """The erasure of one person, asked for by a request of theirs.

    It names nobody: `persona_id` leads to what is left of the record.
    """

    __tablename__ = "supresiones"
    __table_args__ = (
        Index(
            "uq_supresiones_viva",
            "persona_id",
            unique=True,
            sqlite_where=text("estado <> 'negada'"),
            postgresql_where=text("estado <> 'negada'"),
        ),
    )

    solicitud_id: Mapped[UUID] = mapped_column(ForeignKey("solicitudes_derecho.id"), index=True)
    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"))
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), index=True)
    reglas_version: Mapped[str] = mapped_column(String(20))
    propuesta_en: Mapped[datetime]
    propuesta_por_id: Mapped[UUID]
    propuesta_por: Mapped[str] = mapped_column(String(160))
    decidida_en: Mapped[datetime | None]
    decidida_por_id: Mapped[UUID | None]
    decidida_por: Mapped[str] = mapped_column(String(160), default="")
    # Why it was denied, with the words of who denied it.
    motivo: Mapped[str | None] = mapped_column(EncryptedText("casos.supresion.motivo"))
    # What went in casos: how many of each class; and its certificate.
    borrado: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    certificado_id: Mapped[UUID | None]
    certificado_huella: Mapped[str | None] = mapped_column(String(64))
    terminada_en: Mapped[datetime | None]
    # Of the certificate that closes it, over those of all services.
    cierre_id: Mapped[UUID | None]
    cierre_huella: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column()

    solicitud: Mapped[SolicitudDerecho] = relationship(lazy="raise")
    purgas: Mapped[list["Purga"]] = relationship(lazy="raise", order_by="Purga.servicio")

    __mapper_args__ = {"version_id_col": version}

    @property
    def acciones(self) -> list[Paso]:
        """The steps that the present state admits from people."""
        return [paso for paso in PASOS[self.estado] if paso is not Paso.TERMINAR]

    def confirmar(self, quien: Actor, ahora: datetime) -> None:
        """Somebody agrees: it is done."""
        self._pasar(Paso.CONFIRMAR)
        self._decidir(quien, ahora)

    def negar(self, quien: Actor, motivo: str | None, ahora: datetime) -> None:
        """Somebody does not agree, and says why; the delegate may propose it again. Without a
        reason, the request itself was refused.
        """
        self._pasar(Paso.NEGAR)
        self._decidir(quien, ahora)
        self.motivo = motivo

    def terminar(self, ahora: datetime) -> None:
        """Every service has confirmed."""
        self._pasar(Paso.TERMINAR)
        self.terminada_en = ahora

    def _decidir(self, quien: Actor, ahora: datetime) -> None:
        self.decidida_en, self.decidida_por_id, self.decidida_por = ahora, quien.id, quien.nombre

    def _pasar(self, paso: Paso) -> None:
        pasos = PASOS[self.estado]
        if paso not in pasos:
            raise TransicionInvalida(self.estado, pasos, version=self.version)
        self.estado = pasos[paso]


class Purga(Identified, Base):
    """What another service was told to erase, and what it confirmed. On the machine's time."""

    __tablename__ = "purgas"
    __table_args__ = (UniqueConstraint("supresion_id", "servicio"),)

    supresion_id: Mapped[UUID] = mapped_column(ForeignKey("supresiones.id"))
    servicio: Mapped[str] = mapped_column(String(20))
    pedida_en: Mapped[datetime]
    confirmada_en: Mapped[datetime | None]
    borrado: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    certificado_id: Mapped[UUID | None]
    certificado_huella: Mapped[str | None] = mapped_column(String(64))
    # When the delegate was told that it takes too long.
    avisada_en: Mapped[datetime | None]
