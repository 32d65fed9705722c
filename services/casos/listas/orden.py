"""A list is read a page after the other, each from where the one before ended.

It is sorted by keys that are never NULL, the last of which belongs to one row alone. The end of a
page is said by the keys of its last row: numbers, moments and ids, which an address may hold. So
the hundredth page costs what the first one does, and a row that comes in meanwhile moves none.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Uuid,
    and_,
    func,
    literal,
    or_,
    type_coerce,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from oficina.db import UtcDateTime
from oficina.errors import DatosInvalidos

NUNCA = datetime(9999, 1, 1, tzinfo=UTC)
"""Where what has no moment stands."""

_LARGO = 400


@dataclass(frozen=True)
class Clave:
    """By what a list is sorted: never NULL, and of one of the kinds below."""

    expresion: SQLColumnExpression[Any]
    tipo: type[int | datetime | UUID]
    descendente: bool = False

    @property
    def sql(self) -> ColumnElement[Any]:
        """The expression, as its kind is read and compared."""
        return type_coerce(self.expresion, _TIPOS[self.tipo][0])


@dataclass(frozen=True)
class Tramo:
    """Rows of a list, and the marks from which those after and before them are read."""

    filas: Sequence[Any]
    despues: str | None = None
    antes: str | None = None


def momento(expresion: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """A moment to sort by; what has none comes last."""
    return func.coalesce(expresion, literal(NUNCA, UtcDateTime()))


def leer(
    session: Session,
    consulta: Select[*tuple[Any, ...]],
    claves: Sequence[Clave],
    cuantas: int,
    *,
    despues: str = "",
    antes: str = "",
    saltar: int = 0,
) -> Tramo:
    """The rows after a mark, before one, or the first ones. Raises DatosInvalidos for a mark that
    is none of this order.
    """
    atras = bool(antes) and not despues
    marca = despues or antes
    consulta = consulta.add_columns(
        *(clave.sql.label(f"clave_{n}") for n, clave in enumerate(claves))
    )
    if marca:
        desde = _abrir(marca, claves, "antes" if atras else "despues")
        consulta = consulta.where(_mas_alla(claves, desde, atras=atras))
    sentidos = [
        clave.sql.desc() if clave.descendente is not atras else clave.sql.asc() for clave in claves
    ]
    halladas = session.execute(
        consulta.order_by(None).order_by(*sentidos).limit(cuantas + 1).offset(saltar or None)
    ).all()
    hay_mas, filas = len(halladas) > cuantas, list(halladas[:cuantas])
    if atras:
        filas.reverse()
    if not filas:
        return Tramo(())
    n = len(claves)
    return Tramo(
        [fila[:-n] for fila in filas],
        _cerrar(filas[-1][-n:]) if hay_mas or atras else None,
        _cerrar(filas[0][-n:]) if (hay_mas if atras else marca or saltar) else None,
    )


def _mas_alla(claves: Sequence[Clave], desde: Sequence[Any], *, atras: bool) -> ColumnElement[bool]:
    """Beyond some values: by the first key, or equal in it and beyond by the ones that follow."""
    caminos = []
    iguales: list[ColumnElement[bool]] = []
    for clave, valor in zip(claves, desde, strict=True):
        dado = literal(valor, _TIPOS[clave.tipo][0])
        pasa = clave.sql < dado if clave.descendente is not atras else clave.sql > dado
        caminos.append(and_(*iguales, pasa))
        iguales.append(clave.sql == dado)
    return or_(*caminos)


def _cerrar(valores: Sequence[Any]) -> str:
    dichos = [
        valor
        if isinstance(valor, int)
        else valor.isoformat()
        if isinstance(valor, datetime)
        else str(valor)
        for valor in valores
    ]
    escrito = json.dumps(dichos, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(escrito).decode().rstrip("=")


def _abrir(marca: str, claves: Sequence[Clave], campo: str) -> Sequence[Any]:
    try:
        if len(marca) > _LARGO:
            raise ValueError
        dichos = json.loads(base64.urlsafe_b64decode(marca + "=" * (-len(marca) % 4)))
        if not isinstance(dichos, list):
            raise TypeError
        return [_TIPOS[clave.tipo][1](dicho) for clave, dicho in zip(claves, dichos, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError) as error:
        raise DatosInvalidos(
            {campo: [_("Esa página no es de esta lista: vuelva al comienzo.")]}
        ) from error


def _entero(dicho: Any) -> int:
    if not isinstance(dicho, int) or isinstance(dicho, bool) or abs(dicho) >= 2**63:
        raise ValueError
    return dicho


def _instante(dicho: Any) -> datetime:
    leido = datetime.fromisoformat(dicho)
    if leido.tzinfo is None:
        raise ValueError
    return leido.astimezone(UTC)


_TIPOS: Mapping[type, tuple[TypeEngine[Any], Callable[[Any], Any]]] = {
    int: (BigInteger(), _entero),
    datetime: (UtcDateTime(), _instante),
    UUID: (Uuid(), UUID),
}
