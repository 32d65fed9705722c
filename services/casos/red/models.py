"""What the network is: institutions, their services, and where and when these are given."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
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
    SUSPENDIDO = "suspendido"
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


class TipoSede(StrEnum):
    """Whether people go there, or call or write."""

    FISICA = "fisica"
    A_DISTANCIA = "a_distancia"


class Papel(StrEnum):
    """What a place is for a service: where it is given, or where one asks for it."""

    ATENCION = "atencion"
    INGRESO = "ingreso"


class FuenteDato(StrEnum):
    """From whom the office knows it."""

    OFICINA = "oficina"
    INSTITUCION = "institucion"
    IMPORTACION = "importacion"


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
    # The kinds of data that it may receive; None while nobody has said it.
    categorias: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    descripcion: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    sitio: Mapped[str | None] = mapped_column(String(200))
    # Other bodies' names for it: [{"esquema": …, "valor": …}].
    identificadores: Mapped[list[dict[str, str]]] = mapped_column(
        JSON, default=list, server_default="[]"
    )
    # Not until the coordination has looked at what somebody proposed.
    catalogada: Mapped[bool] = mapped_column(default=True, server_default="1")
    version: Mapped[int] = mapped_column()

    servicios: Mapped[list["ServicioRed"]] = relationship(
        back_populates="institucion", lazy="raise", order_by="ServicioRed.nombre"
    )

    sedes: Mapped[list["Sede"]] = relationship(lazy="raise", order_by="Sede.nombre")
    contactos: Mapped[list["ContactoRed"]] = relationship(lazy="raise", order_by="ContactoRed.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def rotulo(self) -> str:
        """The short name as people read it; one that nobody looked at yet has none."""
        return rotulo_de(self.sigla) if self.catalogada else self.nombre

    @property
    def titulo(self) -> str:
        """The whole name, with the short one when it says something else."""
        dicho = self.nombre.startswith(self.rotulo)
        return self.nombre if dicho else f"{self.nombre} ({self.rotulo})"

    @property
    def admite_funcion_legal(self) -> bool:
        """Whether data may go to it without consent: a public body, or an agreement says so.

        Never to one of which only somebody's word is known.
        """
        publica = self.tipo in {TipoInstitucion.MUNICIPAL, TipoInstitucion.PUBLICA}
        return self.catalogada and (publica or self.permite_comunicar_datos)

    def no_puede_recibir(self, categorias: Sequence[str]) -> list[str]:
        """Of these kinds of data, those that it may not receive."""
        if self.categorias is None:
            return []
        return [una for una in categorias if una not in self.categorias]


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
    # How a derivation travels unless something else is said, and how else it may.
    modo: Mapped[Modo] = mapped_column(text_enum(Modo))
    otros_modos: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    descripcion: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    elegibilidad: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    costo: Mapped[str] = mapped_column(String(200), default="", server_default="")
    idiomas: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    interprete: Mapped[bool] = mapped_column(default=False, server_default="0")
    edad_min: Mapped[int | None] = mapped_column()
    edad_max: Mapped[int | None] = mapped_column()
    # The working days in which the institution itself promises an answer.
    plazo_dias: Mapped[int | None] = mapped_column()
    verificado_el: Mapped[date | None] = mapped_column()
    verificado_por: Mapped[str] = mapped_column(String(160), default="", server_default="")
    # None of what was verified before its source was written down.
    verificado_fuente: Mapped[FuenteDato | None] = mapped_column(text_enum(FuenteDato))
    # Somebody asked for the hours and the contact alone.
    contacto_verificado_el: Mapped[date | None] = mapped_column()
    contacto_verificado_por: Mapped[str] = mapped_column(String(160), default="", server_default="")
    actualizado_en: Mapped[datetime | None] = mapped_column()
    # Not until the coordination has looked at what somebody proposed.
    catalogado: Mapped[bool] = mapped_column(default=True, server_default="1")
    version: Mapped[int] = mapped_column()

    institucion: Mapped[Institucion] = relationship(back_populates="servicios", lazy="raise")
    lugares: Mapped[list["Lugar"]] = relationship(
        back_populates="servicio", lazy="raise", order_by="Lugar.id"
    )
    cupos: Mapped[list["CupoInformado"]] = relationship(
        lazy="raise", order_by="CupoInformado.id.desc()"
    )

    __mapper_args__ = {"version_id_col": version}

    def dar_por_verificado(self, dia: date, quien: str, fuente: FuenteDato) -> None:
        """It was asked about that day; what was asked later stays."""
        if self.verificado_el is None or self.verificado_el <= dia:
            self.verificado_el, self.verificado_por = dia, quien
            self.verificado_fuente = fuente

    @property
    def modos(self) -> list[Modo]:
        """Every way in which it accepts derivations, the usual one first."""
        otros = [Modo(uno) for uno in self.otros_modos if uno != self.modo]
        return [self.modo, *otros]


class CupoInformado(Identified, Base):
    """What was said of a service's places one day; append-only."""

    __tablename__ = "cupos_informados"

    servicio_id: Mapped[UUID] = mapped_column(ForeignKey("servicios_red.id"), index=True)
    capacidad: Mapped[Capacidad] = mapped_column(text_enum(Capacidad))
    nota: Mapped[str] = mapped_column(String(200), default="")
    fuente: Mapped[FuenteDato] = mapped_column(text_enum(FuenteDato))
    informado_por: Mapped[str] = mapped_column(String(160))
    informado_en: Mapped[datetime] = mapped_column()


class Sede(Identified, Base):
    """A place of an institution. A confidential one (a shelter) is never printed nor exported."""

    __tablename__ = "sedes"

    institucion_id: Mapped[UUID] = mapped_column(ForeignKey("instituciones.id"), index=True)
    nombre: Mapped[str] = mapped_column(String(160))
    tipo: Mapped[TipoSede] = mapped_column(text_enum(TipoSede))
    direccion: Mapped[str | None] = mapped_column(EncryptedText("casos.sede.direccion"))
    comuna: Mapped[str] = mapped_column(String(80), default="")
    telefono: Mapped[str | None] = mapped_column(String(40))
    acceso: Mapped[str] = mapped_column(String(500), default="")
    confidencial: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    institucion: Mapped[Institucion] = relationship(back_populates="sedes", lazy="raise")

    __mapper_args__ = {"version_id_col": version}


class Lugar(Identified, Base):
    """A service at a place, with its hours there."""

    __tablename__ = "lugares_de_servicio"

    servicio_id: Mapped[UUID] = mapped_column(ForeignKey("servicios_red.id"), index=True)
    sede_id: Mapped[UUID] = mapped_column(ForeignKey("sedes.id"), index=True)
    papel: Mapped[Papel] = mapped_column(text_enum(Papel))
    nota: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column()

    servicio: Mapped[ServicioRed] = relationship(back_populates="lugares", lazy="raise")
    sede: Mapped[Sede] = relationship(lazy="raise")
    horarios: Mapped[list["Horario"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="Horario.id"
    )

    __mapper_args__ = {"version_id_col": version}


class Horario(Identified, Base):
    """Hours that repeat: by week, or by month as «1TU» (iCalendar's BYDAY). Hours of Chile."""

    __tablename__ = "horarios"

    lugar_id: Mapped[UUID] = mapped_column(
        ForeignKey("lugares_de_servicio.id", ondelete="CASCADE"), index=True
    )
    freq: Mapped[str] = mapped_column(String(10), default="WEEKLY")
    dias: Mapped[list[str]] = mapped_column(JSON)
    abre: Mapped[time] = mapped_column()
    cierra: Mapped[time] = mapped_column()
    desde: Mapped[date | None] = mapped_column()
    hasta: Mapped[date | None] = mapped_column()


class ContactoRed(Identified, Base):
    """Whom to ask at an institution. Only a public one is printed or exported."""

    __tablename__ = "contactos_red"

    institucion_id: Mapped[UUID] = mapped_column(ForeignKey("instituciones.id"), index=True)
    servicio_id: Mapped[UUID | None] = mapped_column(ForeignKey("servicios_red.id"), index=True)
    nombre: Mapped[str] = mapped_column(EncryptedText("casos.contacto_red.nombre"))
    cargo: Mapped[str] = mapped_column(String(120), default="")
    correo: Mapped[str | None] = mapped_column(EncryptedText("casos.contacto_red.correo"))
    telefono: Mapped[str | None] = mapped_column(EncryptedText("casos.contacto_red.telefono"))
    publico: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    institucion: Mapped[Institucion] = relationship(back_populates="contactos", lazy="raise")
    servicio: Mapped[ServicioRed | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
