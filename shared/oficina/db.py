"""Engine, sessions and the types that every table shares.

One `Database` a service. `begin()` is the one write transaction of an entrance: on SQLite it takes
the write lock at once (IMMEDIATE), so that a guard read inside it still holds at commit. `read()`
never locks. Objects stay readable after commit (`expire_on_commit=False`); a relationship that a
query did not load raises instead of asking again. `together()` makes all that is done inside it one
transaction, for who must keep an answer with its effect.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from struct import iter_unpack
from types import TracebackType
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    MetaData,
    Table,
    Uuid,
    any_,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    Session,
    class_mapper,
    mapped_column,
    registry,
    sessionmaker,
)
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from oficina.changes import Changes
from oficina.clock import real_millis
from oficina.engines import engine_of
from oficina.errors import VersionVencida
from oficina.gathering import Gathered, Line
from oficina.rows import gather, insert_into
from oficina.whole import Whole, gathering, has_committed, tell_whole, under_way

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def text_enum(kind: type[StrEnum], length: int = 40) -> Enum:
    """A column of a StrEnum, stored as its value: a new state needs no ALTER TYPE."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda members: [member.value for member in members],
    )


def new_registry() -> registry:
    """One registry a service: nobody's create_all makes somebody else's tables."""
    return registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UtcDateTime(), UUID: Uuid()},
    )


class OficinaBase(DeclarativeBase):
    """Tables that every service's database has: outbox, inbox, audit."""

    registry = new_registry()


_DRAWN = 64
"""For how many ids random bits are taken from the system at a time."""

_last_uuid7 = 0
_drawn: Iterator[tuple[bytes]] = iter(())
_uuid7_turn = threading.Lock()


def uuid7() -> UUID:
    """A UUID version 7 (RFC 9562): sorts by the millisecond, and by order within a process.

    74 random bits; an id asked for in the millisecond of the one before, or while the machine's
    clock goes back, is the one before plus a random step.

    The bits are the system's, each used once. They are taken for several ids together, as whoever
    asks the system lets other threads go first; what waits to be used is known to this process
    alone, and never to one that is born of it.
    """
    global _last_uuid7, _drawn  # noqa: PLW0603  the order of a process has one memory
    with _uuid7_turn:
        if (drawn := next(_drawn, None)) is None:
            _drawn = iter_unpack("10s", os.urandom(10 * _DRAWN))
            drawn = next(_drawn)
        payload = real_millis() << 74
        if payload >> 74 > _last_uuid7 >> 74:
            payload |= int.from_bytes(drawn[0]) >> 6
        else:
            payload = _last_uuid7 + 1 + int.from_bytes(drawn[0][:4])
        _last_uuid7 = payload
    millis, high, low = payload >> 74, (payload >> 62) & 0xFFF, payload & ((1 << 62) - 1)
    return UUID(int=(millis << 80) | (0x7 << 76) | (high << 64) | (0x2 << 62) | low)


def _draw_anew() -> None:
    """A process that was born of another uses none of its bits, nor waits for its threads."""
    global _drawn, _uuid7_turn
    _drawn, _uuid7_turn = iter(()), threading.Lock()


os.register_at_fork(after_in_child=_draw_anew)


def hold(session: Session, name: str) -> None:
    """Let nobody else hold a name until this transaction ends. SQLite's writer is alone anyway."""
    if session.get_bind().dialect.name != "postgresql":
        return
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    session.execute(select(func.pg_advisory_xact_lock(number)))


def among(
    session: Session, column: InstrumentedAttribute[Any], ids: Collection[UUID]
) -> ColumnElement[bool]:
    """That an id is one of many: one parameter on PostgreSQL, however many they are, so that the
    driver neither reads a long statement each time nor prepares one for each number of them.
    """
    if session.get_bind().dialect.name != "postgresql":
        return column.in_(ids)
    return column == any_(literal(list(ids), ARRAY(Uuid())))


class Identified:
    """Mixin: an opaque id that sorts by the time it was made."""

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid7)


class Complete:
    """Mixin of a model whose new things have all of their columns when they are made.

    Those that nobody names hold None where they may and neither program nor database says another
    thing. SQLAlchemy's own constructor tells of each value that it sets, which takes longer than
    all else about a thing: here nobody listens. It takes columns alone.
    """

    def __init__(self, **values: Any) -> None:
        """As SQLAlchemy's; TypeError for what is no column."""
        vars(self).update(_blank_for(type(self), values), **values)

    def put(self, **values: Any) -> None:
        """Give several columns another value; TypeError for what is no column.

        One by one, SQLAlchemy notes of each what it was before. Of a thing that no session has had
        nobody asks that: its row is written whole.
        """
        _blank_for(type(self), values)
        state = instance_state(self)
        if state.key is None and state.session_id is None:
            vars(self).update(values)
            return
        for name, value in values.items():
            setattr(self, name, value)


def _blank_for(model: type[Any], values: Mapping[str, Any]) -> Mapping[str, None]:
    """What a thing holds besides; TypeError when one of the values is of no column."""
    names, blank = _blank(model)  # type: ignore[arg-type]  # any class has a hash
    if not names.issuperset(values):
        raise TypeError(f"{model.__name__} has no {sorted(values.keys() - names)}")
    return blank


@lru_cache(maxsize=64)
def _blank(model: type[Any]) -> tuple[frozenset[str], Mapping[str, None]]:
    """The names of a model's columns, and None for those that may be."""
    columns = {one.key: one.columns[0] for one in class_mapper(model).column_attrs}
    empty = [
        name
        for name, column in columns.items()
        if column.nullable
        and column.default is None
        and column.server_default is None
        # A JSON null is a value.
        and not column.type.should_evaluate_none
    ]
    return frozenset(columns), dict.fromkeys(empty)


class Database:
    """The database of one service."""

    def __init__(self, url: str) -> None:
        """Connect lazily to `url` (sqlite:/// or postgresql+psycopg://)."""
        self.url = url
        self.engine = engine_of(url)
        # Without BEGIN on PostgreSQL; SQLite, where a round trip costs nothing, says it all the
        # same. Made from the engine itself: a connection asks each that its own was made from who
        # listens.
        self._single = self.engine.execution_options(oficina_write=True, oficina_begin=False)
        self._glance = self.engine.execution_options(oficina_begin=False)
        writer = self.engine.execution_options(oficina_write=True)
        self._write = sessionmaker(writer, expire_on_commit=False)
        reader = self.engine.execution_options(oficina_read=True)
        self._read = sessionmaker(reader, expire_on_commit=False)
        self.outbox_changed = Changes()
        self.inbox_changed = Changes()
        event.listen(self._write, "after_begin", tell_whole)
        event.listen(self._write, "after_commit", self._wake_relay)

    @property
    def is_sqlite(self) -> bool:
        """True on the embedded column."""
        return self.engine.dialect.name == "sqlite"

    def begin(self) -> AbstractContextManager[Session]:
        """The one write transaction of an entrance: commits at the end, rolls back on any error.

        Raises VersionVencida when another transaction changed a row that this one wants to change.
        """
        whole = self._around()
        return _Writing(whole.part() if whole else self._write.begin())

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read-only look; nothing can be written in it."""
        whole = self._around()
        with whole.look() if whole and whole.has_begun else self._read() as session:
            yield session

    def together(self, began: Callable[[Connection], None]) -> Whole:
        """Make everything that is written here until the end one transaction, and read inside it.

        `began` is called as soon as it has a connection; when all of it is one statement it never
        is. Whoever asks for it commits it; what was not committed is undone.
        """
        return Whole(self, began)

    def new_session(self) -> Session:
        """A session that may write, for who ends it by hand."""
        return self._write()

    @contextmanager
    def single(self) -> Iterator[Connection]:
        """A connection for statements that are each a whole transaction: fewer round trips.

        On SQLite what began with one ends with `commit()`, or when the connection is given back.
        Where all is one transaction that has begun, it is one more part of it.
        """
        whole = self._around()
        if whole and whole.has_begun:
            with whole.part() as session:
                yield session.connection()
            return
        with self.alone() as connection:
            yield connection

    def write_alone(self, table: Table, values: Mapping[str, Any]) -> None:
        """Write one row that is a whole transaction, or one more part of one that has begun."""
        whole = self._around()
        if self.is_sqlite or (whole and whole.has_begun):
            with self.single() as connection:
                connection.execute(insert_into(table), values)
            return
        with Line(self.engine) as line:
            gathered = Gathered(line.dialect, lambda: line)
            gather(gathered, table, values)
            gathered.write()

    def asking(self) -> AbstractContextManager[Connection | Line]:
        """As `glance`, for what PostgreSQL is asked by `gathering.ask`."""
        return self.glance() if self.is_sqlite else Line(self.engine)

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """As `single`, outside of any transaction that is under way."""
        with self._single.connect() as connection:
            yield connection
            connection.commit()

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """A connection for one question, outside of any transaction that is under way."""
        with self._glance.connect() as connection:
            yield connection

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    def _around(self) -> Whole | None:
        whole = under_way.get()
        return whole if whole is not None and whole.db is self else None

    def _wake_relay(self, session: Session) -> None:
        if has_committed(session) and session.info.pop("emitted", False):
            gathered = gathering(session)
            if gathered is not None and gathered.announced is not None:
                self.outbox_changed.announce(gathered.announced)
            self.outbox_changed.set()


class _Writing:
    """`Database.begin`: a class, as every request that writes goes through it."""

    __slots__ = ("_transaction",)

    def __init__(self, transaction: AbstractContextManager[Session]) -> None:
        self._transaction = transaction

    def __enter__(self) -> Session:
        return self._transaction.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        try:
            self._transaction.__exit__(kind, error, where)
        except StaleDataError as stale:
            raise VersionVencida from stale
        if isinstance(error, StaleDataError):
            raise VersionVencida from error
