"""What a list is made of: its filter, its orders, its columns, and who may read them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.listas import orden
from casos.listas.orden import Clave
from oficina import clock
from oficina.db import Database
from oficina.errors import NoPermitido
from oficina.web.auth import puede

POR_PAGINA = 25
POR_TRAMO = 500
"""Rows that a file takes at a time: what it needs of memory does not grow with the list."""

NADA = "0"
"""`vista=0`: the list without the view with which it opens."""


def inicio_del_dia(dia: date) -> datetime:
    """When a day begins in Chile."""
    return datetime.combine(dia, time(), clock.ZONA)


def fin_del_dia(dia: date) -> datetime:
    """When a day has ended in Chile."""
    return inicio_del_dia(dia + timedelta(days=1))


class DeLista(Schema):
    """Where in a list one is; `_build` of each list's schema makes its filter."""

    despues = fields.String(load_default="", validate=validate.Length(max=400))
    antes = fields.String(load_default="", validate=validate.Length(max=400))


@dataclass(frozen=True, kw_only=True)
class Filtro:
    """What every filter says: how it is sorted and from where on it is read."""

    orden: str
    despues: str = ""
    antes: str = ""
    pagina: int = 1


class Control(StrEnum):
    """How a part of a filter is asked for."""

    OPCIONES = "opciones"
    DIA = "dia"
    NUMERO = "numero"
    CASILLA = "casilla"


@dataclass(frozen=True)
class Campo:
    """One part of a filter on the page. `principal`: always in sight. `permisos`: of single values
    that not everybody who reads the list may ask for.
    """

    nombre: str
    etiqueta: LazyString
    opciones: Callable[[Session, Alcance], Sequence[tuple[str, str]]] | None = None
    control: Control = Control.OPCIONES
    permiso: str = ""
    principal: bool = False
    permisos: Mapping[str, str] = field(default_factory=dict)

    @property
    def a_la_vista(self) -> bool:
        """Whether the reader may narrow by it."""
        return not self.permiso or puede(self.permiso)

    def admite(self, valor: str) -> bool:
        """Whether the reader may narrow by one of its values."""
        return self.a_la_vista and (valor not in self.permisos or puede(self.permisos[valor]))


@dataclass(frozen=True)
class Columna:
    """One column of the file: its title, what it says of a row, and who may read it."""

    titulo: LazyString
    valor: Callable[[Any], object]
    permiso: str = ""


@dataclass(frozen=True)
class Pregunta:
    """A filter as a query: its rows, how they are sorted, and how many there are."""

    consulta: Select[*tuple[Any, ...]]
    claves: Sequence[Clave]
    cuenta: Select[int]


@dataclass(frozen=True)
class Pagina:
    """A page of a list."""

    filas: Sequence[Any]
    total: int
    despues: str | None
    antes: str | None
    pagina: int = 1
    por_pagina: int = POR_PAGINA

    @property
    def paginas(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.por_pagina))


@dataclass(frozen=True)
class Lista:
    """One of the lists.

    `preguntar` makes the query of a filter, `armar` what is shown of its rows. `lee` is the word of
    the audit for who looked at it, `exporta` for who took it along.
    """

    nombre: str
    titulo: LazyString
    endpoint: str
    permiso: str
    schema: type[DeLista]
    preguntar: Callable[[Any, Alcance, datetime], Pregunta]
    armar: Callable[[Session, Sequence[Any], datetime], Sequence[Any]]
    campos: Sequence[Campo]
    columnas: Sequence[Columna]
    recurso: str
    lee: str
    exporta: str
    omite: Mapping[str, str] = field(default_factory=dict)
    """Defaults that only the page has."""

    def filtro(self, dicho: Mapping[str, str]) -> Any:
        """The filter that an address says. Raises ValidationError, NoPermitido."""
        conocido = {nombre: dicho[nombre] for nombre in self.schema().fields if dicho.get(nombre)}
        self.exigir(conocido)
        return self.schema().load({**self.omite, **conocido})

    def exigir(self, dicho: Mapping[str, Any]) -> None:
        """Raise NoPermitido when the reader narrows by what they may not read."""
        for campo in self.campos:
            valor = dicho.get(campo.nombre)
            if valor and not campo.admite(str(valor)):
                raise NoPermitido(_("No puede buscar por ese dato."))

    def consulta(self, dicho: Mapping[str, str]) -> dict[str, str]:
        """What an address says of the filter: neither the page nor the view."""
        fuera = {"despues", "antes", "pagina"}
        return {
            nombre: dicho[nombre]
            for nombre in self.schema().fields
            if nombre not in fuera and dicho.get(nombre)
        }

    def leer(
        self,
        session: Session,
        filtro: Filtro,
        alcance: Alcance,
        ahora: datetime,
        *,
        cuantas: int = POR_PAGINA,
    ) -> Pagina:
        """A page. Raises DatosInvalidos for a mark of another order."""
        pregunta = self.preguntar(filtro, alcance, ahora)
        tramo = orden.leer(
            session,
            pregunta.consulta,
            pregunta.claves,
            cuantas,
            despues=filtro.despues,
            antes=filtro.antes,
            saltar=0 if filtro.despues or filtro.antes else (filtro.pagina - 1) * cuantas,
        )
        return Pagina(
            self.armar(session, tramo.filas, ahora),
            session.scalars(pregunta.cuenta).one(),
            tramo.despues,
            tramo.antes,
            filtro.pagina,
            cuantas,
        )

    def recorrer(
        self,
        db: Database,
        filtro: Filtro,
        alcance: Alcance,
        ahora: datetime,
        *,
        solo: ColumnElement[bool] | None = None,
    ) -> Iterator[Any]:
        """Every row of a filter, or `solo` some of them, some at a time: no transaction lasts
        longer than its part.
        """
        pregunta = self.preguntar(filtro, alcance, ahora)
        consulta = pregunta.consulta if solo is None else pregunta.consulta.where(solo)
        despues: str | None = ""
        while despues is not None:
            with db.read() as session:
                tramo = orden.leer(session, consulta, pregunta.claves, POR_TRAMO, despues=despues)
                filas = self.armar(session, tramo.filas, ahora)
            yield from filas
            despues = tramo.despues
