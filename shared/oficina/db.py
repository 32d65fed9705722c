"""Engine, sessions and the types that every table shares.

One `Database` a service. `begin()` is the one write transaction of an entrance: on SQLite it takes
the write lock at once (IMMEDIATE), so that a guard read inside it still holds at commit. `read()`
never locks. Objects stay readable after commit (`expire_on_commit=False`); a relationship that a
query did not load raises instead of asking again. `together()` makes all that is done inside it one
transaction, for who must keep an answer with its effect.
"""

import hashlib
import math
import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache, partial
from itertools import chain
from operator import itemgetter
from pathlib import Path
from struct import iter_unpack
from types import TracebackType
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Insert,
    MetaData,
    Table,
    Uuid,
    any_,
    create_engine,
    event,
    func,
    insert,
    literal,
    make_url,
    select,
)
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
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
from sqlalchemy.schema import sort_tables
from sqlalchemy.types import TypeDecorator

from oficina.clock import real_millis
from oficina.errors import VersionVencida
from oficina.gathering import Gathered, Line, failed, row
from oficina.whole import Whole, gathering, has_committed, tell_whole, under_way

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


REST = 1.0
"""Seconds after which a PostgreSQL connection is tried before it is used again. Trying each time
would cost every transaction another round trip."""

_RESTS_SINCE = "oficina_rests_since"


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


def write_new(session: Session, things: Iterable[DeclarativeBase]) -> None:
    """Write new things that are in no session, one INSERT a table.

    For who writes rows that this transaction neither loads nor changes again: it costs a part
    of what the unit of work does. A column that nobody set takes its default, which the object
    itself does not learn; a column that counts versions is to be set.
    """
    rows: dict[Table, list[dict[str, Any]]] = {}
    for thing in things:
        table, columns = _columns(type(thing))
        values = {name: one for name, one in vars(thing).items() if name in columns}
        rows.setdefault(table, []).append(values)
    for table in _in_order(frozenset(rows)):
        write_rows(session, table, rows[table])


def write_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows that this transaction does not read again: at its end, where that is gathered."""
    if (gathered := gathering(session)) is None:
        session.connection().execute(_insert(table), rows)
        return
    for values in rows:
        _gather(gathered, table, values)


def _gather(gathered: Gathered, table: Table, values: Mapping[str, Any]) -> None:
    given = {name: one for name, one in values.items() if one is not None}
    how = row(table, frozenset(given), gathered.dialect)
    gathered.add(how.piece, how.values(given))


def write_many(
    session: Session, model: type[DeclarativeBase], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Write many rows at once, by the names of a model: COPY on PostgreSQL, one INSERT on SQLite.

    A column that no row names takes its default. All rows name the same ones.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        if all_rows := list(rows):
            session.execute(insert(model), all_rows)
        return
    rows = iter(rows)
    if (first := next(rows, None)) is None:
        return
    columns = _copied(model, frozenset(first), connection.dialect)
    names = ", ".join(f'"{name}"' for name, _make in columns)
    statement = f'COPY "{model.__tablename__}" ({names}) FROM STDIN'
    cursor = connection.connection.cursor()
    failure = connection.dialect.loaded_dbapi.Error
    try:
        with cursor.copy(statement) as copy:
            for one in chain((first,), rows):
                copy.write_row([make(one) for _name, make in columns])
    except failure as error:
        raise failed(connection, statement, error) from error
    finally:
        cursor.close()


_Made = Callable[[Mapping[str, Any]], Any]


@lru_cache(maxsize=64)
def _copied(
    model: type[DeclarativeBase], given: frozenset[str], dialect: Dialect
) -> Sequence[tuple[str, _Made]]:
    """The columns to write, each with what makes its value of a row as the driver takes it."""
    columns: list[tuple[str, _Made]] = []
    for attribute in class_mapper(model).column_attrs:
        column = attribute.columns[0]
        bound = column.type.dialect_impl(dialect).bind_processor(dialect)
        if attribute.key in given:
            make: _Made = itemgetter(attribute.key)
        elif column.default is not None:
            make = partial(_default, column.default)
        else:
            continue
        columns.append((column.name, make if bound is None else partial(_bound, bound, make)))
    return columns


def _bound(bound: Callable[[Any], Any], make: _Made, one: Mapping[str, Any]) -> Any:
    return bound(make(one))


def _default(default: Any, _one: Mapping[str, Any]) -> Any:
    return default.arg(None) if default.is_callable else default.arg


@lru_cache(maxsize=64)
def _columns(model: type[DeclarativeBase]) -> tuple[Table, frozenset[str]]:
    """The table of a model, and the names of its columns in it."""
    mapper = class_mapper(model)
    return cast("Table", mapper.local_table), frozenset(mapper.column_attrs.keys())


@lru_cache(maxsize=64)
def _insert(table: Table) -> Insert:
    return insert(table)


@lru_cache(maxsize=64)
def _in_order(tables: frozenset[Table]) -> Sequence[Table]:
    """A table comes after those that it points to."""
    return sort_tables(tables)


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


class Changes:
    """Tells loops that there may be work: any number of them, each of which misses no change."""

    MOMENT = 0.01
    """Seconds after a change that other processes hear of during which what begins to be committed
    need not be heard of: they look again when twice that time has passed.
    """

    def __init__(self) -> None:
        self._announced = -math.inf
        # The lock itself for who tells, which each request does: what is around it is Python.
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._waiting = 0
        self.count = 0
        """How many so far; a loop notes it before it looks for work."""

    def set(self) -> None:
        """Something changed: wake whoever waits."""
        with self._lock:
            self.count += 1
            if self._waiting:
                self._changed.notify_all()

    def announce(self, moment: float) -> None:
        """Other processes heard of what began to be committed then (`time.monotonic`)."""
        self._announced = moment

    def is_announced(self) -> bool:
        """Whether other processes find what begins to be committed now without hearing of it."""
        return time.monotonic() - self._announced < self.MOMENT

    def wait(self, seen: int, seconds: float) -> None:
        """Return when there is a change after the first `seen` ones, or after a while."""
        with self._lock:
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: self.count > seen, seconds)
            finally:
                self._waiting -= 1


class Database:
    """The database of one service."""

    def __init__(self, url: str) -> None:
        """Connect lazily to `url` (sqlite:/// or postgresql+psycopg://)."""
        self.url = url
        self.engine = _sqlite(url) if url.startswith("sqlite") else _postgres(url)
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
                connection.execute(_insert(table), values)
            return
        with Line(self.engine) as line:
            gathered = Gathered(line.dialect, lambda: line)
            _gather(gathered, table, values)
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


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Few connections are kept, the latest first: each holds on to a cache of its own. Waiting for a
    # lock is bounded by busy_timeout.
    # An error never carries the values of a statement: they may be personal data.
    engine = create_engine(
        url,
        pool_size=4,
        max_overflow=36,
        pool_use_lifo=True,
        connect_args={"timeout": 30},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "cache_size=-1000",
            # What is erased is not left in a page that no table uses any more.
            "secure_delete=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        if path and os.path.exists(path):
            os.chmod(path, 0o600)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        options = connection.get_execution_options()
        own: Any = connection.connection.dbapi_connection
        own.execute(f"PRAGMA query_only={'ON' if options.get('oficina_read') else 'OFF'}")
        write = options.get("oficina_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _postgres(url: str) -> Engine:
    # The driver begins nothing by itself: a statement is its own transaction, for which nothing is
    # changed on the connection and changed back, unless one was begun here. The latest is used
    # first: what works for it, here and in PostgreSQL, is still near the processor.
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=20,
        pool_use_lifo=True,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
    )

    @event.listens_for(engine, "connect")
    def alone(own: Any, _record: Any) -> None:
        # Helpers of a statement take longer to begin than it takes, from a machine of two cores.
        own.execute("SET max_parallel_workers_per_gather = 0", prepare=False)

    driver: Any = engine.dialect.loaded_dbapi

    def say(connection: Connection, what: str) -> None:
        own: Any = connection.connection.dbapi_connection
        try:
            own.execute(what, prepare=False)
        except connection.dialect.loaded_dbapi.Error as error:
            raise failed(connection, what, error) from error

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("oficina_begin", True):
            say(connection, "BEGIN READ ONLY" if options.get("oficina_read") else "BEGIN")

    @event.listens_for(engine, "rollback")
    def end(connection: Connection) -> None:
        # Where nothing was written both ends are one, but after a ROLLBACK the driver forgets what
        # it has prepared: the server would plan again whatever is asked again.
        if not connection.get_execution_options().get("oficina_read") or connection.invalidated:
            return
        own: Any = connection.connection.dbapi_connection
        if own.pgconn.transaction_status == driver.pq.TransactionStatus.INTRANS:
            say(connection, "COMMIT")

    @event.listens_for(engine, "handle_error")
    def forget(context: ExceptionContext) -> None:
        # A statement that was prepared before a migration changed what it answers: every
        # connection that there is may have it.
        if isinstance(context.original_exception, driver.errors.FeatureNotSupported):
            context.is_disconnect = True

    @event.listens_for(engine, "reset")
    def undo(connection: Any, _record: Any, _state: Any) -> None:
        if connection.pgconn.transaction_status:
            connection.rollback()

    @event.listens_for(engine, "checkin")
    def rest(_connection: Any, record: Any) -> None:
        record.info[_RESTS_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def try_after_rest(connection: Any, record: Any, _fairy: Any) -> None:
        if time.monotonic() - record.info.get(_RESTS_SINCE, math.inf) < REST:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    return engine
