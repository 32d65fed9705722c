"""That somebody decided to keep a closed case for longer; append-only."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.db import Identified, text_enum


class MotivoConservacion(StrEnum):
    """Why a case is still needed."""

    PROCEDIMIENTO_PENDIENTE = "procedimiento_pendiente"
    OBLIGACION_LEGAL = "obligacion_legal"
    INTERES_DE_LA_PERSONA = "interes_de_la_persona"


class Conservacion(Identified, Base):
    """One decision about one case; it is proposed again after `hasta`."""

    __tablename__ = "conservaciones"

    caso_id: Mapped[UUID] = mapped_column(ForeignKey("casos.id"), index=True)
    motivo: Mapped[MotivoConservacion] = mapped_column(text_enum(MotivoConservacion))
    decidida_por_id: Mapped[UUID]
    decidida_por: Mapped[str] = mapped_column(String(120))
    decidida_en: Mapped[datetime]
    hasta: Mapped[datetime]
