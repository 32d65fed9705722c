"""What a transaction writes and never reads again, in few statements at its end.

A request that tells a fact, writes a row of the audit and keeps its answer would wait for
PostgreSQL once for each, and both sides would pay for each: together they cost little more than
one. `Whole` gathers them (`oficina.whole`); where nobody gathers, and on SQLite, which is no
round trip away, each is written at once.
"""

import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Self

from sqlalchemy import Dialect, Engine, Enum, Table, TypeDecorator
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

LIMIT = 200
"""Values of one statement: a longer one would be planned anew for each number of things."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a statement, made once. In its SQL, `{p}` stands before each of its names."""

    ctes: tuple[tuple[str, str], ...]
    """Queries with a name, in the order in which one reads another."""
    asks: str = ""
    """What is selected of it besides."""


class Line:
    """A connection of PostgreSQL's for statements that `ask` runs, each a transaction by itself.

    One of the pool like any other (tried after it rested, given up when it is gone), without the
    object that SQLAlchemy puts around it for its own statements, which costs as much as a question.
    Raises as an engine's `connect`.
    """

    __slots__ = ("connection", "dialect", "dispatch", "engine")

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dialect = engine.dialect
        self.dispatch = engine.dispatch
        try:
            self.connection = engine.raw_connection()
        except self.dialect.loaded_dbapi.Error as error:
            raise _said(self.dialect, None, error, gone=False) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.connection.close()

    def invalidate(self, error: BaseException) -> None:
        """Give it up: it is gone."""
        self.connection.invalidate(error)


class Gathered:
    """Pieces of one transaction that wait to be written."""

    def __init__(
        self,
        dialect: Dialect,
        connect: Callable[[], Connection | Line],
        is_announced: Callable[[], bool] = lambda: False,
    ) -> None:
        """`connect` gives the transaction's connection, when there is something to write;
        `is_announced` says whether it may end without its hint.
        """
        self.dialect = dialect
        self.announced: float | None = None
        """From when (`time.monotonic`) a hint announces what begins a moment later: none does that
        may be undone yet.
        """
        self._connect = connect
        self._is_announced = is_announced
        self._hint: tuple[Piece, Mapping[str, Any]] | None = None
        self._pieces: list[Piece] = []
        self._values: list[Mapping[str, Any]] = []
        self._count = 0
        self._alone: set[str] = set()

    def add(self, piece: Piece, values: Mapping[str, Any], alone: str = "") -> None:
        """Take one more. A statement changes a row once: `alone` names the row that it changes."""
        if alone in self._alone or self._count + len(values) > LIMIT:
            self.write()
        self._take(piece, values)
        if alone:
            self._alone.add(alone)

    def hint(self, piece: Piece, values: Mapping[str, Any]) -> None:
        """Have this written with the rest, once, unless what it would tell is announced."""
        self._hint = (piece, values)

    def write(self, line: Line | None = None) -> None:
        """Write what waits: in the transaction, or on a line as one of its own."""
        if not self._pieces:
            return
        hint = self._hint if line is None or not self._is_announced() else None
        if hint is not None:
            self._take(*hint)
            self._hint = None
        began = time.monotonic()
        statement, places = _statement(tuple(self._pieces))
        values = self._values
        self._pieces, self._values, self._count, self._alone = [], [], 0, set()
        ask(
            line or self._connect(),
            statement,
            [values[place][name] for place, name in places],
        )
        if hint is not None and line is not None:
            self.announced = began

    def _take(self, piece: Piece, values: Mapping[str, Any]) -> None:
        self._pieces.append(piece)
        self._values.append(values)
        self._count += len(values)


def ask(connection: Connection | Line, statement: str, values: Sequence[Any]) -> Any:
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


def failed(connection: Connection | Line, statement: str, error: Exception) -> DBAPIError:
    """What the driver said, as SQLAlchemy says it of a statement that it ran itself.

    A connection that is gone is given up; with one whose plans are stale, all of them.
    """
    dialect, stale = connection.dialect, is_stale(connection.dialect, error)
    gone = isinstance(error, dialect.loaded_dbapi.Error) and dialect.is_disconnect(
        error, connection.connection.dbapi_connection, None
    )
    if gone or stale:
        connection.invalidate(error)
    if stale:
        connection.engine.dispose()
    return _said(dialect, statement, error, gone=gone or stale)


def is_stale(dialect: Dialect, error: BaseException) -> bool:
    """Whether a statement was prepared before a migration changed what it answers: every connection
    that there is may have it.
    """
    return isinstance(error, dialect.loaded_dbapi.errors.FeatureNotSupported)


def _said(dialect: Dialect, statement: str | None, error: Exception, *, gone: bool) -> DBAPIError:
    said = DBAPIError.instance(
        statement,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=dialect,
    )
    if not isinstance(said, DBAPIError):
        raise said
    return said


_NAMED = re.compile(r"%\(w(\d+)_(\w+)\)s")


@lru_cache(maxsize=256)
def _statement(pieces: tuple[Piece, ...]) -> tuple[str, Sequence[tuple[int, str]]]:
    """With a number for each value, and in that order whose value it is and its name there."""
    ctes: list[str] = []
    asks: list[str] = []
    for place, piece in enumerate(pieces):
        prefix = f"w{place}_"
        ctes += [f"{prefix}{name} AS ({sql.replace('{p}', prefix)})" for name, sql in piece.ctes]
        if piece.asks:
            asks.append(piece.asks.replace("{p}", prefix))
    whole = f"WITH {', '.join(ctes)} SELECT {', '.join(asks) or '1'}"
    names = list(dict.fromkeys(_NAMED.findall(whole)))
    numbered = _NAMED.sub(lambda found: f"${names.index(found.groups()) + 1}", whole)
    return numbered, [(int(place), name) for place, name in names]


@dataclass(frozen=True)
class Row:
    """How a row of a table is written with some of its columns."""

    piece: Piece
    fixed: Mapping[str, Any]
    """What the driver is given for columns whose default is always the same."""
    defaults: Mapping[str, Callable[[], Any]]
    processors: Mapping[str, Callable[[Any], Any]]

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What the driver is given."""
        values = {**self.fixed, **given}
        for name, make in self.defaults.items():
            values[name] = make()
        for name, process in self.processors.items():
            values[name] = process(values[name])
        return values


@lru_cache(maxsize=256)
def row(table: Table, given: frozenset[str], dialect: Dialect) -> Row:
    """The row of a table of which these columns are given; the others take their default, or NULL.

    A column that could be None in spite of a default of its own is not for here.
    """
    columns = {column.key: column for column in table.columns}
    left = {
        name: column.default
        for name, column in columns.items()
        if name not in given and column.default is not None
    }
    made: dict[str, Any] = {name: one for name, one in left.items() if one.is_callable}
    names = sorted({*given, *left})
    processors = {
        name: process
        for name in names
        if (process := _processor(columns[name].type, dialect)) is not None
    }
    fixed: dict[str, Any] = {name: one for name, one in left.items() if name not in made}
    return Row(
        Piece((("row", _insert(table, names)),)),
        {name: processors.pop(name, _as_it_is)(one.arg) for name, one in fixed.items()},
        # Of the context in which SQLAlchemy would call it there is none.
        {name: partial(one.arg, None) for name, one in made.items()},
        processors,
    )


def _processor(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes what the driver is given of a value of a type; None where that is itself.

    SQLAlchemy's own, without what it puts around it: each value of each row goes through it.
    """
    own = kind.dialect_impl(dialect)
    process = own.bind_processor(dialect)
    if process is None:
        return None
    if isinstance(own, TypeDecorator) and own.impl_instance.bind_processor(dialect) is None:
        return partial(own.process_bind_param, dialect=dialect)
    if isinstance(own, Enum) and own.enum_class is not None:
        # One that is none of them raises KeyError.
        return {member: process(member) for member in (None, *own.enum_class)}.__getitem__
    return process


def _as_it_is(value: Any) -> Any:
    return value


def _insert(table: Table, names: Collection[str]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(f"%({{p}}{name})s" for name in names)
    # Names of our own tables and columns, and placeholders.
    return f'INSERT INTO "{table.name}" ({columns}) VALUES ({values})'  # noqa: S608
