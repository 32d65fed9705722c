"""The two engines that a service may stand on, and what each of their connections is told.

SQLite takes its write lock as a transaction that may write begins; PostgreSQL's connections begin
nothing that was not begun here. Options of an engine say which: `oficina_write`, `oficina_read`,
and `oficina_begin` (False: statements are each a whole transaction, on PostgreSQL).
"""

import math
import os
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import InvalidatePoolError

from oficina.gathering import failed, is_stale

REST = 1.0
"""Seconds after which a PostgreSQL connection is tried before it is used again. Trying each time
would cost every transaction another round trip."""

_RESTS_SINCE = "oficina_rests_since"


def engine_of(url: str) -> Engine:
    """A lazy engine for `url` (sqlite:/// or postgresql+psycopg://)."""
    return _sqlite(url) if url.startswith("sqlite") else _postgres(url)


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

    _begin_by_ourselves(engine)
    _try_what_rested(engine)
    return engine


def _begin_by_ourselves(engine: Engine) -> None:
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
        if is_stale(engine.dialect, context.original_exception):
            context.is_disconnect = True

    @event.listens_for(engine, "reset")
    def undo(connection: Any, _record: Any, _state: Any) -> None:
        if connection.pgconn.transaction_status:
            connection.rollback()


def _try_what_rested(engine: Engine) -> None:
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
