"""What people told of their migratory status. Nobody is asked for it, and no entry is rewritten."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.db import Identified, text_enum
from oficina.privacy import EncryptedText


class FuenteSituacion(StrEnum):
    """How the office knows."""

    DECLARADA = "declarada"
    DOCUMENTO = "documento_a_la_vista"
    INSTITUCION = "institucion"


class SituacionMigratoria(Identified, Base):
    """What a person chose to tell of their migratory status, and when. Never needed to attend.

    Each telling is an entry; the newest is what is known. All of it is sealed.
    """

    __tablename__ = "situaciones_migratorias"

    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    prefiere_no_indicar: Mapped[bool] = mapped_column(default=False)
    categoria: Mapped[str | None] = mapped_column(EncryptedText("casos.situacion.categoria"))
    numero_solicitud: Mapped[str | None] = mapped_column(EncryptedText("casos.situacion.numero"))
    # A day, ISO 8601: sealed as the rest.
    vigente_hasta: Mapped[str | None] = mapped_column(EncryptedText("casos.situacion.hasta"))
    nota: Mapped[str | None] = mapped_column(EncryptedText("casos.situacion.nota"))
    fuente: Mapped[FuenteSituacion] = mapped_column(
        text_enum(FuenteSituacion),
        default=FuenteSituacion.DECLARADA,
        server_default=FuenteSituacion.DECLARADA.value,
    )
    registrada_en: Mapped[datetime]
    funcionario_id: Mapped[UUID]
    funcionario_nombre: Mapped[str] = mapped_column(String(120))

    @property
    def hasta(self) -> date | None:
        """The last day on which it holds, when that was told."""
        return date.fromisoformat(self.vigente_hasta) if self.vigente_hasta else None
