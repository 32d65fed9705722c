"""A household, and who belongs to it since when. No entry is rewritten: it is ended, and another
one follows.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.personas.models import Persona
from oficina.actor import Actor
from oficina.audit import Personal
from oficina.db import Identified

_ABIERTA = text("hasta IS NULL")


class Hogar(Identified, Base):
    """People who share one dwelling and one budget for food. Each change is another version."""

    __tablename__ = "hogares"

    definicion_version: Mapped[str] = mapped_column(String(20))
    formado_en: Mapped[datetime]
    formado_por: Mapped[str] = mapped_column(String(160))
    cambiado_en: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Integrante(Personal, Identified, Base):
    """That somebody belongs to a household, in which place and since when; `hasta` is the first day
    on which it was so no more.
    """

    __tablename__ = "integrantes_de_hogar"
    __table_args__ = (
        Index(
            "uq_integrantes_de_hogar_persona_vigente",
            "persona_id",
            unique=True,
            sqlite_where=_ABIERTA,
            postgresql_where=_ABIERTA,
        ),
    )

    hogar_id: Mapped[UUID] = mapped_column(ForeignKey("hogares.id"), index=True)
    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    rol: Mapped[str] = mapped_column(String(40))
    desde: Mapped[date]
    hasta: Mapped[date | None]
    salida_motivo: Mapped[str | None] = mapped_column(String(40))
    anotado_en: Mapped[datetime]
    anotado_por: Mapped[str] = mapped_column(String(160))
    terminado_en: Mapped[datetime | None]
    terminado_por: Mapped[str] = mapped_column(String(160), default="")

    persona: Mapped[Persona] = relationship(lazy="raise")
    hogar: Mapped[Hogar] = relationship(lazy="raise")

    def terminar(self, motivo: str, hasta: date, quien: Actor, ahora: datetime) -> None:
        """It is so no more."""
        self.hasta, self.salida_motivo = hasta, motivo
        self.terminado_en, self.terminado_por = ahora, quien.nombre
