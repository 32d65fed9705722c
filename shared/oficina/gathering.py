"""What a transaction writes and never reads again, in few statements at its end.

A request that tells a fact, writes a row of the audit and keeps its answer would wait for
PostgreSQL once for each, and both sides would pay for each: together they cost little more than
one. `Whole` gathers them (`oficina.db.gathering`); where nobody gathers, and on SQLite, which is no
round trip away, each is written at once.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

LIMIT = 200
"""Values of one statement: a longer one would be planned anew for each number of things."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a statement, made once. In its SQL, `{p}` stands before each of its names."""

    ctes: tuple[tuple[str, str], ...]
    """Queries with a name, in the order in which one reads another."""
    asks: str = ""
    """What is selected of it besides."""


class Gathered:
    """Pieces of one transaction that wait to be written."""

    def __init__(self, dialect: Dialect, connect: Callable[[], Connection]) -> None:
        """`connect` gives the transaction's connection, when there is something to write."""
        self.dialect = dialect
        self._connect = connect
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

    def write(self, connection: Connection | None = None) -> None:
        """Write what waits, on this connection or the transaction's."""
        if not self._pieces:
            return
        statement, names = _statement(tuple(self._pieces))
        values = self._values
        self._pieces, self._values, self._alone = [], {}, set()
        ask(connection or self._connect(), statement, [values[name] for name in names])


def ask(connection: Connection, statement: str, values: Sequence[Any]) -> Any:
    """Run a statement of PostgreSQL's own ($1, $2…) by the driver alone; its first row, or None.

    For what every request asks: what is between costs as much as the question. Whoever listens to
    statements (`before_cursor_execute`) hears of this one too. Raises DBAPIError, as any other.
    """
    driver, own = connection.dialect.loaded_dbapi, connection.connection.dbapi_connection
    try:
        with driver.RawCursor(own) as cursor:
            for tell in connection.dispatch.before_cursor_execute:
                tell(connection, cursor, statement, values, None, False)  # noqa: FBT003  as SQLAlchemy does
            return cursor.execute(statement, values).fetchone()
    except driver.Error as error:
        raise failed(connection, statement, error) from error


def failed(connection: Connection, statement: str, error: Exception) -> DBAPIError:
    """What the driver said, as SQLAlchemy says it of a statement that it ran itself.

    A connection that is gone is given up with the others that it was made with.
    """
    dialect = connection.dialect
    driver = dialect.loaded_dbapi
    gone = isinstance(error, driver.Error) and dialect.is_disconnect(
        error, connection.connection.dbapi_connection, None
    )
    if gone:
        connection.invalidate(error)
    said = DBAPIError.instance(
        statement,
        None,
        error,
        driver.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=dialect,
    )
    if not isinstance(said, DBAPIError):
        raise said
    return said


_NAMED = re.compile(r"%\((\w+)\)s")


@lru_cache(maxsize=256)
def _statement(pieces: tuple[Piece, ...]) -> tuple[str, Sequence[str]]:
    """With a number for each value, and the values' names in that order."""
    ctes: list[str] = []
    asks: list[str] = []
    for place, piece in enumerate(pieces):
        prefix = _prefix(place)
        ctes += [f"{prefix}{name} AS ({sql.replace('{p}', prefix)})" for name, sql in piece.ctes]
        if piece.asks:
            asks.append(piece.asks.replace("{p}", prefix))
    whole = f"WITH {', '.join(ctes)} SELECT {', '.join(asks) or '1'}"
    names = list(dict.fromkeys(_NAMED.findall(whole)))
    return _NAMED.sub(lambda found: f"${names.index(found[1]) + 1}", whole), names


def _prefix(place: int) -> str:
    return f"w{place}_"


@dataclass(frozen=True)
class Row:
    """How a row of a table is written with some of its columns."""

    piece: Piece
    defaults: Mapping[str, Callable[[], Any]]
    processors: Mapping[str, Callable[[Any], Any]]

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What the driver is given."""
        values = {**given, **{name: make() for name, make in self.defaults.items()}}
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
