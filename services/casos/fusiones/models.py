"""That two records were made one, what moved, and whether it was undone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.fusiones.states import PASOS, Estado, Paso
from casos.personas.models import Persona
from oficina.actor import Actor
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText


class Fusion(Identified, Base):
    """One record joined to another. `mapa` says what went over, by ids and names of fields alone:
    undoing it takes exactly that back.
    """

    __tablename__ = "fusiones"

    vigente_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    absorbida_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), default=Estado.HECHA)
    motivo: Mapped[str | None] = mapped_column(EncryptedText("casos.fusion.motivo"))
    mapa: Mapped[dict[str, Any]] = mapped_column(JSON)
    reglas_version: Mapped[str] = mapped_column(String(20))
    hecha_en: Mapped[datetime]
    hecha_por_id: Mapped[UUID]
    hecha_por: Mapped[str] = mapped_column(String(160))
    reversible_hasta: Mapped[datetime]
    deshecha_en: Mapped[datetime | None]
    deshecha_por_id: Mapped[UUID | None]
    deshecha_por: Mapped[str] = mapped_column(String(160), default="")
    deshecha_motivo: Mapped[str | None] = mapped_column(
        EncryptedText("casos.fusion.deshecha_motivo")
    )
    version: Mapped[int] = mapped_column()

    vigente: Mapped[Persona] = relationship(lazy="raise", foreign_keys=vigente_id)
    absorbida: Mapped[Persona] = relationship(lazy="raise", foreign_keys=absorbida_id)

    __mapper_args__ = {"version_id_col": version}

    def exigir(self, paso: Paso) -> None:
        """Raise TransicionInvalida when the present state does not admit a step."""
        if paso not in PASOS[self.estado]:
            raise TransicionInvalida(self.estado, PASOS[self.estado])

    def deshacer(self, quien: Actor, motivo: str, ahora: datetime) -> None:
        """They are two records again."""
        self.exigir(Paso.DESHACER)
        self.estado = PASOS[self.estado][Paso.DESHACER]
        self.deshecha_en, self.deshecha_motivo = ahora, motivo
        self.deshecha_por_id, self.deshecha_por = quien.id, quien.nombre
