"""What an attention is: one encounter, with or without a name."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.expedientes.models import Caso
from casos.hechos.models import ConCambio
from casos.personas.edades import RangoEtario
from casos.personas.models import Origen, Persona
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.privacy import EncryptedText


class Canal(StrEnum):
    """How the person came."""

    PRESENCIAL = "presencial"
    TELEFONO = "telefono"
    TERRENO = "terreno"
    CORREO = "correo"
    MENSAJERIA = "mensajeria"


class Resultado(StrEnum):
    """How the encounter ended."""

    ORIENTADA = "orientada"
    ABRE_CASO = "abre_caso"
    AGENDADA = "agendada"
    SIN_CUPO = "sin_cupo"
    NO_CORRESPONDE = "no_corresponde"


class Atencion(Personal, ConCambio, Identified, Base):
    """One encounter. Without a person it is anonymous and keeps only what the figures need.

    `nacionalidad` and `rango_etario` are as of the day; they stay when the person's data change.
    `derivada_a`, `derivada_el` and `derivada_resultado` are what a register of the past tells of a
    hand-over; those of today are derivations of a case.
    """

    __tablename__ = "atenciones"

    persona_id: Mapped[UUID | None] = mapped_column(ForeignKey("personas.id"), index=True)
    caso_id: Mapped[UUID | None] = mapped_column(ForeignKey("casos.id"), index=True)
    canal: Mapped[Canal] = mapped_column(text_enum(Canal))
    tema: Mapped[str] = mapped_column(String(40))
    inicio: Mapped[datetime] = mapped_column(index=True)
    fin: Mapped[datetime | None]
    funcionario_id: Mapped[UUID | None]
    funcionario_nombre: Mapped[str] = mapped_column(String(120), default="")
    idioma: Mapped[str | None] = mapped_column(String(3))
    resultado: Mapped[Resultado | None] = mapped_column(text_enum(Resultado))
    nota: Mapped[str | None] = mapped_column(EncryptedText("casos.atencion.nota"))
    nacionalidad: Mapped[str | None] = mapped_column(String(3))
    rango_etario: Mapped[RangoEtario] = mapped_column(
        text_enum(RangoEtario), default=RangoEtario.SIN_DATO
    )
    sexo: Mapped[str | None] = mapped_column(String(20))
    origen: Mapped[Origen] = mapped_column(text_enum(Origen), default=Origen.OFICINA)
    derivada_a: Mapped[str | None] = mapped_column(String(40))
    derivada_el: Mapped[date | None]
    derivada_resultado: Mapped[str | None] = mapped_column(String(40))

    persona: Mapped[Persona | None] = relationship(lazy="raise")
    caso: Mapped[Caso | None] = relationship(lazy="raise")

    @property
    def con_hora(self) -> bool:
        """Whether the hour of `inicio` is known: a register of the past tells the day alone."""
        return self.origen is not Origen.REGISTRO
