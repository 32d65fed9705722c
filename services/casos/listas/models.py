"""A filter that somebody keeps under a name, and with which of them a list opens for each."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.db import Identified


class VistaGuardada(Identified, Base):
    """A filter with a name: codes, ids and days. `compartida`: the whole office sees it."""

    __tablename__ = "vistas_guardadas"
    __table_args__ = (
        UniqueConstraint("de_id", "lista", "nombre"),
        Index("ix_vistas_guardadas_lista_compartida", "lista", "compartida"),
    )

    lista: Mapped[str] = mapped_column(String(40))
    nombre: Mapped[str] = mapped_column(String(80))
    consulta: Mapped[dict[str, str]] = mapped_column(JSON)
    de_id: Mapped[UUID] = mapped_column()
    de_nombre: Mapped[str] = mapped_column(String(160))
    compartida: Mapped[bool] = mapped_column(default=False)
    guardada_en: Mapped[datetime] = mapped_column()


class VistaPorOmision(Base):
    """With which view a list opens for somebody."""

    __tablename__ = "vistas_por_omision"

    funcionario_id: Mapped[UUID] = mapped_column(primary_key=True)
    lista: Mapped[str] = mapped_column(String(40), primary_key=True)
    vista_id: Mapped[UUID] = mapped_column(ForeignKey("vistas_guardadas.id"), index=True)
