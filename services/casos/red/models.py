"""What the network is: institutions and their services."""

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from oficina.db import Identified, text_enum
from oficina.privacy import EncryptedText


class TipoInstitucion(StrEnum):
    """What kind of body it is; decides which legal bases exist to share data with it."""

    MUNICIPAL = "municipal"
    PUBLICA = "publica"
    PRIVADA_SIN_FINES = "privada_sin_fines"
    INTERNACIONAL = "internacional"


class Ambito(StrEnum):
    """Whether it belongs to the municipality's territory."""

    LOCAL = "local"
    EXTERNA = "externa"


class EstadoServicio(StrEnum):
    """Whether derivations may be sent to it."""

    ACTIVO = "activo"
    INACTIVO = "inactivo"


class Capacidad(StrEnum):
    """What the service last said of its places."""

    CON_CUPO = "con_cupo"
    LISTA_ESPERA = "lista_espera"
    SIN_CUPO = "sin_cupo"
    REQUIERE_EVALUACION = "requiere_evaluacion"
    DESCONOCIDA = "desconocida"


class Modo(StrEnum):
    """How a derivation travels."""

    EN_LINEA = "en_linea"
    OFICIO = "oficio"
    CORREO = "correo"
    PRESENCIAL_ACOMPANADA = "presencial_acompanada"
    AUTOGESTIONADA = "autogestionada"


@cache
def _rotulos() -> Mapping[str, str]:
    """Short names of the institutions whose key is no acronym, by key."""
    datos = json.loads((files("casos.red") / "datos.json").read_text(encoding="utf-8"))
    return {i["sigla"]: i["rotulo"] for i in datos["instituciones"] if "rotulo" in i}


def rotulo_de(sigla: str) -> str:
    """The short name as people read it: what `datos.json` says, or the acronym."""
    return _rotulos().get(sigla, sigla.replace("_", " "))


class Institucion(Identified, Base):
    """A body of the network; it has no account here."""

    __tablename__ = "instituciones"

    sigla: Mapped[str] = mapped_column(String(20), unique=True)
    nombre: Mapped[str] = mapped_column(String(160))
    tipo: Mapped[TipoInstitucion] = mapped_column(text_enum(TipoInstitucion))
    ambito: Mapped[Ambito] = mapped_column(text_enum(Ambito))
    activa: Mapped[bool] = mapped_column(default=True)
    correo: Mapped[str | None] = mapped_column(EncryptedText("casos.institucion.correo"))
    telefono: Mapped[str | None] = mapped_column(String(40))
    # The code of the municipal unit that it is: its people answer in their own tray.
    unidad: Mapped[str | None] = mapped_column(String(80), index=True)
    # A signed agreement that allows personal data to be communicated.
    permite_comunicar_datos: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    servicios: Mapped[list["ServicioRed"]] = relationship(
        back_populates="institucion", lazy="raise", order_by="ServicioRed.nombre"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def rotulo(self) -> str:
        """The short name as people read it."""
        return rotulo_de(self.sigla)

    @property
    def titulo(self) -> str:
        """The whole name, with the short one when it says something else."""
        dicho = self.nombre.startswith(self.rotulo)
        return self.nombre if dicho else f"{self.nombre} ({self.rotulo})"

    @property
    def admite_funcion_legal(self) -> bool:
        """Whether data may go to it without consent: a public body, or an agreement says so."""
        publica = self.tipo in {TipoInstitucion.MUNICIPAL, TipoInstitucion.PUBLICA}
        return publica or self.permite_comunicar_datos


class ServicioRed(Identified, Base):
    """Something that an institution does for people, and to which a case can be derived."""

    __tablename__ = "servicios_red"

    codigo: Mapped[str] = mapped_column(String(60), unique=True)
    institucion_id: Mapped[UUID] = mapped_column(ForeignKey("instituciones.id"), index=True)
    nombre: Mapped[str] = mapped_column(String(160))
    temas: Mapped[list[str]] = mapped_column(JSON)
    estado: Mapped[EstadoServicio] = mapped_column(text_enum(EstadoServicio))
    capacidad: Mapped[Capacidad] = mapped_column(text_enum(Capacidad))
    capacidad_el: Mapped[date | None] = mapped_column()
    documentos_requeridos: Mapped[list[str]] = mapped_column(JSON)
    modo: Mapped[Modo] = mapped_column(text_enum(Modo))
    version: Mapped[int] = mapped_column()

    institucion: Mapped[Institucion] = relationship(back_populates="servicios", lazy="raise")

    __mapper_args__ = {"version_id_col": version}
