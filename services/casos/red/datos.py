"""What is written down of the network: one record a form, the same for pages and JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from casos.red.horarios import Semana
from casos.red.models import (
    Ambito,
    Capacidad,
    EstadoServicio,
    Modo,
    Papel,
    TipoInstitucion,
    TipoSede,
)


@dataclass(frozen=True, kw_only=True)
class DatosInstitucion:
    """An institution. `unidad`: the code of the municipal unit that it is, empty when it is none.
    `categorias`: the kinds of data that it may receive, None while nobody has said it.
    """

    sigla: str
    nombre: str
    tipo: TipoInstitucion
    ambito: Ambito
    activa: bool = True
    correo: str | None = None
    telefono: str | None = None
    unidad: str = ""
    descripcion: str = ""
    sitio: str | None = None
    identificadores: Sequence[Mapping[str, str]] = ()
    categorias: Sequence[str] | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class DatosServicio:
    """A service; its places, hours and capacity are told apart."""

    nombre: str
    temas: Sequence[str]
    modo: Modo
    estado: EstadoServicio = EstadoServicio.ACTIVO
    otros_modos: Sequence[Modo] = ()
    descripcion: str = ""
    elegibilidad: str = ""
    documentos_requeridos: Sequence[str] = ()
    costo: str = ""
    idiomas: Sequence[str] = ()
    interprete: bool = False
    edad_min: int | None = None
    edad_max: int | None = None
    plazo_dias: int | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class DatosCupo:
    """What is said of a service's places today."""

    capacidad: Capacidad
    nota: str = ""
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class DatosSede:
    """A place of an institution."""

    nombre: str
    tipo: TipoSede = TipoSede.FISICA
    direccion: str | None = None
    comuna: str = ""
    telefono: str | None = None
    acceso: str = ""
    confidencial: bool = False
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class DatosLugar:
    """A service at a place, with the hours of its week there."""

    sede_id: UUID
    papel: Papel = Papel.ATENCION
    nota: str = ""
    semana: Semana = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class DatosContacto:
    """Whom to ask; `servicio_id` of which service, the institution's if of none."""

    nombre: str
    cargo: str = ""
    correo: str | None = None
    telefono: str | None = None
    servicio_id: UUID | None = None
    publico: bool = False
    version: int | None = None
