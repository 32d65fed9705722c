"""That somebody here is somebody there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from identidad.base import Base
from oficina.db import Identified


class VinculoFederado(Identified, Base):
    """An account and the subject that a provider knows its person by, which never changes."""

    __tablename__ = "vinculos_federados"
    __table_args__ = (UniqueConstraint("emisor", "sujeto"),)

    funcionario_id: Mapped[UUID] = mapped_column(ForeignKey("funcionarios.id"), index=True)
    emisor: Mapped[str] = mapped_column(String(300))
    sujeto: Mapped[str] = mapped_column(String(255))
    creado_en: Mapped[datetime]
    usado_en: Mapped[datetime | None]
