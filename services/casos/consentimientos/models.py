"""With what right data leaves the office or is used: one row an entry, never changed.

A withdrawal is an entry of its own beside the consent that it ends: what was allowed, and until
when, can always be told.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.red.models import Institucion
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.privacy import EncryptedText


class BaseLicitud(StrEnum):
    """The legal ground of a use of personal data."""

    FUNCION_LEGAL = "funcion_legal"
    CONSENTIMIENTO = "consentimiento"


class FormaConsentimiento(StrEnum):
    """How the person said yes (Ley 19.628 as replaced by Ley 21.719, art. 16)."""

    ESCRITA = "escrita"
    VERBAL = "verbal"
    ELECTRONICA = "electronica"


class Otorgante(StrEnum):
    """Who said it."""

    PERSONA = "persona"
    REPRESENTANTE = "representante"


class MotivoRetiro(StrEnum):
    """Why a consent is withdrawn. The person owes nobody a reason."""

    DECISION = "decision_de_la_persona"
    YA_NO_HACE_FALTA = "ya_no_hace_falta"
    REGISTRADO_POR_ERROR = "registrado_por_error"


class Consentimiento(Personal, Identified, Base):
    """One entry of the ledger; append-only.

    What says how it was given is empty when the base is not the person's consent, and
    `destinatario_id` when the data does not leave the office.
    """

    __tablename__ = "consentimientos"

    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    finalidad: Mapped[str] = mapped_column(String(60))
    base_licitud: Mapped[BaseLicitud] = mapped_column(text_enum(BaseLicitud))
    destinatario_id: Mapped[UUID | None] = mapped_column(ForeignKey("instituciones.id"))
    categorias: Mapped[list[str]] = mapped_column(JSON)
    forma: Mapped[FormaConsentimiento | None] = mapped_column(text_enum(FormaConsentimiento))
    texto_version: Mapped[str | None] = mapped_column(String(20))
    idioma: Mapped[str | None] = mapped_column(String(3))
    otorgado_por: Mapped[Otorgante | None] = mapped_column(text_enum(Otorgante))
    # Who that is, and on which ground they speak for the person.
    representante: Mapped[str | None] = mapped_column(
        EncryptedText("casos.consentimiento.representante")
    )
    # Where the signed paper, the recording or the mail is kept.
    evidencia: Mapped[str | None] = mapped_column(EncryptedText("casos.consentimiento.evidencia"))
    # It holds from when it was registered.
    hasta: Mapped[datetime | None] = mapped_column()
    registrado_por_id: Mapped[UUID] = mapped_column()
    registrado_en: Mapped[datetime] = mapped_column()

    destinatario: Mapped[Institucion | None] = relationship(lazy="raise")
    retiro: Mapped["RetiroConsentimiento | None"] = relationship(lazy="raise")

    def vale(self, ahora: datetime) -> bool:
        """Whether it still allows anything. The withdrawal must be loaded."""
        return self.retiro is None and (self.hasta is None or self.hasta > ahora)


class RetiroConsentimiento(Personal, Identified, Base):
    """That a consent was withdrawn; at most one of each."""

    __tablename__ = "retiros_consentimiento"

    consentimiento_id: Mapped[UUID] = mapped_column(ForeignKey("consentimientos.id"), unique=True)
    motivo: Mapped[MotivoRetiro] = mapped_column(text_enum(MotivoRetiro))
    detalle: Mapped[str | None] = mapped_column(EncryptedText("casos.consentimiento.retiro"))
    pedido_por: Mapped[Otorgante] = mapped_column(text_enum(Otorgante))
    registrado_por_id: Mapped[UUID] = mapped_column()
    registrado_por: Mapped[str] = mapped_column(String(160))
    retirado_en: Mapped[datetime] = mapped_column()
