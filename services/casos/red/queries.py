"""What can be asked of the directory of the network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from casos.personas.nombres import palabras
from casos.red.horarios import abierto
from casos.red.models import (
    Capacidad,
    ContactoRed,
    EstadoServicio,
    Institucion,
    Lugar,
    Sede,
    ServicioRed,
)
from casos.taxonomia import temas
from oficina.errors import DatoNoEncontrado, NoEncontrado

POR_HOJA = 20
"""How many services a page of the directory shows."""


def servicio_por_id(session: Session, servicio_id: UUID) -> ServicioRed:
    """A service with its institution; raises NoEncontrado."""
    servicio = session.scalar(
        select(ServicioRed)
        .where(ServicioRed.id == servicio_id)
        .options(joinedload(ServicioRed.institucion))
    )
    if servicio is None:
        raise NoEncontrado
    return servicio


def servicio_entero(session: Session, servicio_id: UUID) -> ServicioRed:
    """A service with all that is known of it; raises NoEncontrado."""
    servicio = session.scalar(
        select(ServicioRed)
        .where(ServicioRed.id == servicio_id)
        .options(
            joinedload(ServicioRed.institucion).selectinload(Institucion.sedes),
            joinedload(ServicioRed.institucion).selectinload(Institucion.contactos),
            selectinload(ServicioRed.cupos),
            *_con_lugares(),
        )
    )
    if servicio is None:
        raise NoEncontrado
    return servicio


def institucion_entera(session: Session, institucion_id: UUID) -> Institucion:
    """An institution with its services, places and contacts; raises NoEncontrado."""
    institucion = session.scalar(
        select(Institucion)
        .where(Institucion.id == institucion_id)
        .options(
            selectinload(Institucion.servicios),
            selectinload(Institucion.sedes),
            selectinload(Institucion.contactos).joinedload(ContactoRed.servicio),
        )
    )
    if institucion is None:
        raise NoEncontrado
    return institucion


def sede_por_id(session: Session, sede_id: UUID) -> Sede:
    """A place; raises NoEncontrado."""
    sede = session.scalar(
        select(Sede).where(Sede.id == sede_id).options(joinedload(Sede.institucion))
    )
    if sede is None:
        raise NoEncontrado
    return sede


def lugar_por_id(session: Session, lugar_id: UUID) -> Lugar:
    """A service at a place, with its hours; raises NoEncontrado."""
    lugar = session.scalar(
        select(Lugar)
        .where(Lugar.id == lugar_id)
        .options(
            joinedload(Lugar.sede),
            joinedload(Lugar.servicio).joinedload(ServicioRed.institucion),
            selectinload(Lugar.horarios),
        )
    )
    if lugar is None:
        raise NoEncontrado
    return lugar


def contacto_por_id(session: Session, contacto_id: UUID) -> ContactoRed:
    """A contact; raises NoEncontrado."""
    contacto = session.scalar(
        select(ContactoRed)
        .where(ContactoRed.id == contacto_id)
        .options(joinedload(ContactoRed.institucion), joinedload(ContactoRed.servicio))
    )
    if contacto is None:
        raise NoEncontrado
    return contacto


def institucion_por_sigla(session: Session, sigla: str) -> Institucion | None:
    """The institution of an acronym, as registers of the past write it."""
    return session.scalar(select(Institucion).where(Institucion.sigla == sigla.strip().upper()))


def servicio_por_codigo(session: Session, codigo: str) -> ServicioRed | None:
    """The service of a code."""
    return session.scalar(select(ServicioRed).where(ServicioRed.codigo == codigo))


def institucion_por_id(session: Session, institucion_id: UUID, *, campo: str) -> Institucion:
    """An institution that a field names; raises DatoNoEncontrado beside that field."""
    institucion = session.get(Institucion, institucion_id)
    if institucion is None:
        raise DatoNoEncontrado({campo: [_("No conocemos esa institución.")]})
    return institucion


def instituciones(session: Session) -> Sequence[Institucion]:
    """The institutions of the network, by name."""
    return session.scalars(
        select(Institucion).where(Institucion.activa.is_(True)).order_by(Institucion.nombre)
    ).all()


@dataclass(frozen=True, kw_only=True)
class Busqueda:
    """What is looked for among the services. `abierto_en`: open at that moment."""

    texto: str = ""
    tema: str = ""
    idioma: str = ""
    capacidad: Capacidad | None = None
    abierto_en: datetime | None = None
    solo_activos: bool = False


def buscar(session: Session, busqueda: Busqueda) -> Sequence[ServicioRed]:
    """Services of the network with their institution and places, by institution and name.

    `texto` is looked for in names, acronym and themes without minding accents. With `tema`, the
    services of that theme come first, and then those of its family; the rest is left out unless
    there is also a `texto`.
    """
    consulta = (
        select(ServicioRed)
        .join(ServicioRed.institucion)
        .options(joinedload(ServicioRed.institucion), *_con_lugares())
        .order_by(Institucion.nombre, ServicioRed.nombre)
    )
    if busqueda.solo_activos:
        consulta = consulta.where(
            ServicioRed.estado == EstadoServicio.ACTIVO, Institucion.activa.is_(True)
        )
    if busqueda.capacidad is not None:
        consulta = consulta.where(ServicioRed.capacidad == busqueda.capacidad)
    buscadas = palabras(busqueda.texto)
    hallados = [
        s
        for s in session.scalars(consulta)
        if all(p in _texto_de(s) for p in buscadas)
        and (not busqueda.idioma or busqueda.idioma in s.idiomas)
        and (busqueda.abierto_en is None or abierto(s.lugares, busqueda.abierto_en))
    ]
    tema = busqueda.tema
    if not tema:
        return hallados
    cercanos = [s for s in hallados if buscadas or _cercania(s, tema) < 2]
    return sorted(cercanos, key=lambda s: _cercania(s, tema))


def servicios(
    session: Session, *, tema: str = "", texto: str = "", solo_activos: bool = False
) -> Sequence[ServicioRed]:
    """What `buscar` finds by theme and words alone."""
    return buscar(session, Busqueda(tema=tema, texto=texto, solo_activos=solo_activos))


def _con_lugares() -> Sequence[ORMOption]:
    lugares = selectinload(ServicioRed.lugares)
    return lugares.joinedload(Lugar.sede), lugares.selectinload(Lugar.horarios)


def comparten_tema(uno: type[ServicioRed], otro: type[ServicioRed]) -> ColumnElement[bool]:
    """Whether two services of a query answer to the same need: they have a theme in common."""
    de_uno = _Elementos(uno.temas).table_valued("value")
    de_otro = _Elementos(otro.temas).table_valued("value")
    return select(de_uno.c.value).where(de_uno.c.value == de_otro.c.value).exists()


class _Elementos(FunctionElement[str]):
    """The elements of a JSON list of texts, as rows with one column, `value`."""

    inherit_cache = True


@compiles(_Elementos, "sqlite")
def _on_sqlite(elementos: _Elementos, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(elementos.clauses, **options)})"


@compiles(_Elementos, "postgresql")
def _on_postgresql(elementos: _Elementos, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements_text({compiler.process(elementos.clauses, **options)})"


def _texto_de(servicio: ServicioRed) -> str:
    etiquetas = temas()
    return " ".join(
        palabras(
            " ".join(
                [
                    servicio.nombre,
                    servicio.institucion.nombre,
                    servicio.institucion.sigla,
                    *servicio.temas,
                    *(etiquetas.get(codigo, "") for codigo in servicio.temas),
                ]
            )
        )
    )


def _cercania(servicio: ServicioRed, tema: str) -> int:
    if tema in servicio.temas:
        return 0
    familia = tema.split(".", maxsplit=1)[0]
    return 1 if any(codigo.split(".", maxsplit=1)[0] == familia for codigo in servicio.temas) else 2
