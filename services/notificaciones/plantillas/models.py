"""What an office wrote of its templates: which there are, and every version of each.

A version is never changed: a correction, a return to an earlier text and what an upgrade brings are
versions of their own, and a message keeps the number of the one it was written with.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from notificaciones.base import Base
from notificaciones.mensajes.sms import Tildes
from notificaciones.mensajes.states import Prioridad
from notificaciones.plantillas.catalogo import Ajustes, Tema, Tipo, Variable
from oficina import clock
from oficina.db import Identified, text_enum

DIAS = range(3, 91)
"""For how many days what its messages said may be kept, when that is less than the office keeps."""


class Origen(StrEnum):
    """Who wrote a version."""

    FABRICA = "fabrica"  # it came with the program
    OFICINA = "oficina"


class PlantillaGuardada(Identified, Base):
    """A template and which of its versions is in force.

    Those that the program sends have the program's key, name and variables; those that an office
    made have what its author declared, which does not change either.
    """

    __tablename__ = "plantillas"

    clave: Mapped[str] = mapped_column(String(40), unique=True)
    propia: Mapped[bool] = mapped_column(default=False)
    nombre: Mapped[str] = mapped_column(String(120), default="")
    variables: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    vigente: Mapped[int] = mapped_column()
    retirada_en: Mapped[datetime | None] = mapped_column()
    creada_en: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def declaradas(self) -> Mapping[str, Variable]:
        """The variables of an office's own template."""
        return {
            nombre: Variable(Tipo(una["tipo"]), una["opcional"], una["largo"], una["ejemplo"])
            for nombre, una in self.variables.items()
        }


class VersionDePlantilla(Identified, Base):
    """The texts and the settings of a template from a moment on; append-only."""

    __tablename__ = "versiones_de_plantilla"
    __table_args__ = (UniqueConstraint("plantilla_id", "numero"),)

    plantilla_id: Mapped[UUID] = mapped_column(ForeignKey("plantillas.id"))
    numero: Mapped[int] = mapped_column()
    origen: Mapped[Origen] = mapped_column(text_enum(Origen))
    restituye: Mapped[int | None] = mapped_column()
    textos: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    no_duplicar: Mapped[bool] = mapped_column()
    respeta_ventana: Mapped[bool] = mapped_column()
    prioridad: Mapped[Prioridad] = mapped_column(text_enum(Prioridad))
    tema: Mapped[Tema] = mapped_column(text_enum(Tema))
    por_ley: Mapped[str] = mapped_column(String(500), default="")
    retencion_dias: Mapped[int | None] = mapped_column()
    tildes: Mapped[Tildes | None] = mapped_column(text_enum(Tildes))
    publicada_en: Mapped[datetime] = mapped_column(default=clock.now)
    publicada_por: Mapped[str] = mapped_column(String(200), default="")
    publicada_por_id: Mapped[UUID | None] = mapped_column()

    def ajustes(self) -> dict[str, Any]:
        """How its messages are treated."""
        return {campo: getattr(self, campo) for campo in AJUSTES}


AJUSTES = tuple(Ajustes.__dataclass_fields__)
"""The settings of a template, by name."""
