"""With what right data leaves the office: one row a package that is shared, never changed."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.db import Identified, text_enum


class BaseLicitud(StrEnum):
    """The legal ground of a use of personal data."""

    FUNCION_LEGAL = "funcion_legal"
    CONSENTIMIENTO = "consentimiento"


class FormaConsentimiento(StrEnum):
    """How the person said yes (Ley 19.628 as replaced by Ley 21.719, art. 16)."""

    ESCRITA = "escrita"
    VERBAL = "verbal"
    ELECTRONICA = "electronica"


class Consentimiento(Identified, Base):
    """One entry of the ledger; append-only.

    `forma`, `texto_version` and `idioma` are empty when the base is not the person's consent.
    """

    __tablename__ = "consentimientos"

    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    finalidad: Mapped[str] = mapped_column(String(60))
    base_licitud: Mapped[BaseLicitud] = mapped_column(text_enum(BaseLicitud))
    destinatario_id: Mapped[UUID] = mapped_column(ForeignKey("instituciones.id"))
    categorias: Mapped[list[str]] = mapped_column(JSON)
    forma: Mapped[FormaConsentimiento | None] = mapped_column(text_enum(FormaConsentimiento))
    texto_version: Mapped[str | None] = mapped_column(String(20))
    idioma: Mapped[str | None] = mapped_column(String(3))
    registrado_por_id: Mapped[UUID] = mapped_column()
    registrado_en: Mapped[datetime] = mapped_column()
