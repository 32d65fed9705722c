"""What a transaction writes and never reads again, in few statements at its end.

A request that tells a fact, writes a row of the audit and keeps its answer would wait for
PostgreSQL once for each, and both sides would pay for each: together they cost little more than
one. `Whole` gathers them (`oficina.db.gathering`); where nobody gathers, and on SQLite, which is no
round trip away, each is written at once.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table
from sqlalchemy.engine import Connection

LIMIT = 50
"""Values of one statement: psycopg reads the text of a longer one anew each time."""


@dataclass(frozen=True)
class Piece:
    """A part of a statement. In its SQL, `{p}` stands before each of its names."""

    ctes: tuple[tuple[str, str], ...]
    """Queries with a name, in the order in which one reads another."""
    asks: str = ""
    """What is selected of it besides."""


class Gathered:
    """Pieces of one transaction that wait to be written."""

    def __init__(self, connection: Connection) -> None:
        self.dialect = connection.dialect
        self._connection = connection
        self._pieces: list[Piece] = []
        self._values: dict[str, Any] = {}
        self._alone: set[str] = set()

    def add(self, piece: Piece, values: Mapping[str, Any], alone: str = "") -> None:
        """Take one more. A statement changes a row once: `alone` names the row that it changes."""
        if alone in self._alone or len(self._values) + len(values) > LIMIT:
            self.write()
        prefix = _prefix(len(self._pieces))
        self._pieces.append(piece)
        self._values |= {prefix + name: value for name, value in values.items()}
        if alone:
            self._alone.add(alone)

    def write(self) -> Sequence[Any]:
        """Write what waits; what its pieces asked for."""
        if not self._pieces:
            return ()
        statement = _statement(tuple(self._pieces))
        values = self._values
        self._pieces, self._values, self._alone = [], {}, set()
        return self._connection.exec_driver_sql(statement, values).one()


@lru_cache(maxsize=256)
def _statement(pieces: tuple[Piece, ...]) -> str:
    ctes: list[str] = []
    asks: list[str] = []
    for place, piece in enumerate(pieces):
        prefix = _prefix(place)
        ctes += [f"{prefix}{name} AS ({sql.replace('{p}', prefix)})" for name, sql in piece.ctes]
        if piece.asks:
            asks.append(piece.asks.replace("{p}", prefix))
    return f"WITH {', '.join(ctes)} SELECT {', '.join(asks) or '1'}"


def _prefix(place: int) -> str:
    return f"w{place}_"


@dataclass(frozen=True)
class Row:
    """How a row of a table is written with some of its columns."""

    piece: Piece
    defaults: Mapping[str, Callable[[], Any]]
    processors: Mapping[str, Callable[[Any], Any]]

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What the driver is given; what is None is left out."""
        values = {name: one for name, one in given.items() if one is not None}
        values |= {name: make() for name, make in self.defaults.items()}
        for name, process in self.processors.items():
            values[name] = process(values[name])
        return values


@lru_cache(maxsize=256)
def row(table: Table, given: frozenset[str], dialect: Dialect) -> Row:
    """The row of a table of which these columns are given; the others take their default, or NULL.

    A column that could be None in spite of a default of its own is not for here.
    """
    columns = {column.key: column for column in table.columns}
    defaults = {
        name: _default(column.default)
        for name, column in columns.items()
        if name not in given and column.default is not None
    }
    names = sorted({*given, *defaults})
    processors = {
        name: process
        for name in names
        if (process := columns[name].type.dialect_impl(dialect).bind_processor(dialect))
    }
    return Row(Piece((("row", _insert(table, names)),)), defaults, processors)


def _insert(table: Table, names: Collection[str]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(f"%({{p}}{name})s" for name in names)
    # Names of our own tables and columns, and placeholders.
    return f'INSERT INTO "{table.name}" ({columns}) VALUES ({values})'  # noqa: S608


def _default(default: Any) -> Callable[[], Any]:
    value = default.arg
    return (lambda: value(None)) if default.is_callable else (lambda: value)
