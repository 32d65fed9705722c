"""That somebody's data were blocked, why, and when they were let go."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.personas.models import Persona
from oficina.actor import Actor
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText


class Causa(StrEnum):
    """Why data are blocked."""

    SOLICITUD = "solicitud"
    MIENTRAS_SE_RESUELVE = "mientras_se_resuelve"


class Bloqueo(Identified, Base):
    """One block of one person, from a request about their data; at most one of a person holds."""

    __tablename__ = "bloqueos"
    __table_args__ = (
        Index(
            "uq_bloqueos_vigente",
            "persona_id",
            unique=True,
            sqlite_where=text("levantado_en IS NULL"),
            postgresql_where=text("levantado_en IS NULL"),
        ),
    )

    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    solicitud_id: Mapped[UUID] = mapped_column(ForeignKey("solicitudes_derecho.id"), index=True)
    causa: Mapped[Causa] = mapped_column(text_enum(Causa))
    puesto_en: Mapped[datetime]
    puesto_por_id: Mapped[UUID]
    puesto_por: Mapped[str] = mapped_column(String(160))
    levantado_en: Mapped[datetime | None]
    levantado_por_id: Mapped[UUID | None]
    levantado_por: Mapped[str] = mapped_column(String(160), default="")
    # Why, with the delegate's words; empty when the request for which it stood was resolved.
    levantado_motivo: Mapped[str | None] = mapped_column(EncryptedText("casos.bloqueo.motivo"))
    version: Mapped[int] = mapped_column()

    persona: Mapped[Persona] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def vigente(self) -> bool:
        """Whether it holds."""
        return self.levantado_en is None

    def levantar(self, quien: Actor, motivo: str | None, ahora: datetime) -> None:
        """Let the data go. Raises TransicionInvalida when they are free already."""
        if not self.vigente:
            raise TransicionInvalida("levantado", ())
        self.levantado_en, self.levantado_motivo = ahora, motivo
        self.levantado_por_id, self.levantado_por = quien.id, quien.nombre
