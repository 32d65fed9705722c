"""Takes what waits in the outbox to the transport, in order, until it is durable at the other side.

A batch holds the oldest waiting fact of each aggregate and no other, so whatever becomes of a batch
(half of it arrived, all of it twice) no fact can overtake its predecessor.
"""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from prometheus_client import Counter
from sqlalchemy import select, text, update
from sqlalchemy.orm import aliased

from oficina import telemetry
from oficina.bus.inbox import Mensaje
from oficina.bus.outbox import CHANNEL
from oficina.bus.tables import Outbox
from oficina.bus.transport import Transport
from oficina.clock import real_now
from oficina.db import Database

BATCH = 200
POLL = 1.0
"""Seconds after which the outbox is looked at even when nobody said that it changed."""

# Any number that nobody else locks: a service has its own database, and there one relay at a time.
_TURN = 0x0B05

PUBLISHED = Counter("acogida_outbox_published_total", "Facts that left the outbox.", ("servicio",))
FAILURES = Counter("acogida_relay_failures_total", "Batches that did not leave.", ("servicio",))

log = telemetry.get_logger("oficina.bus")


class Relay:
    """The relay of one service's outbox. Others may wait beside it on PostgreSQL: one has the turn.

    On SQLite the office is one process with one relay; two would only send some facts twice.
    """

    def __init__(self, db: Database, transport: Transport, name: str) -> None:
        """`name` is the service's, for the log and the metrics."""
        self._db = db
        self._transport = transport
        self._name = name

    def run_once(self) -> int:
        """Publish one batch; how many facts left. Raises what the transport or database raises."""
        with self._turn() as mine:
            if not mine:
                return 0
            waiting = self._oldest_of_each_aggregate()
            if waiting:
                self._transport.publicar([message for _, message in waiting])
                self._mark([row_id for row_id, _ in waiting])
            PUBLISHED.labels(self._name).inc(len(waiting))
            return len(waiting)

    def run(self, stop: threading.Event) -> None:
        """Publish until `stop` is set; whatever fails is tried again, from 0.1 s to 5 s later."""
        failures = 0
        hint = _PostgresHint(self._db) if not self._db.is_sqlite else None
        while not stop.is_set():
            self._db.outbox_changed.clear()
            try:
                busy = self.run_once() > 0
                failures = 0
            except Exception as error:  # outermost loop: the rows wait, so it goes on
                failures += 1
                FAILURES.labels(self._name).inc()
                log.warning("relay_failed", servicio=self._name, kind=type(error).__name__)
                stop.wait(random.uniform(0.5, 1) * min(5.0, 0.1 * 2**failures))  # noqa: S311  jitter
                continue
            if busy:
                continue
            if hint is None:
                self._db.outbox_changed.wait(POLL)
            else:
                hint.wait(stop)
        if hint is not None:
            hint.close()

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        if self._db.is_sqlite:
            yield True
            return
        # The lock lives as long as this transaction: a process that dies gives it back.
        with self._db.engine.begin() as connection:
            taken = text("SELECT pg_try_advisory_xact_lock(:turn)")
            yield bool(connection.execute(taken, {"turn": _TURN}).scalar_one())

    def _oldest_of_each_aggregate(self) -> list[tuple[int, Mensaje]]:
        earlier = aliased(Outbox)
        waiting = (
            select(Outbox.id, Outbox.cuerpo)
            .where(
                Outbox.publicado.is_(None),
                ~select(earlier.id)
                .where(
                    earlier.publicado.is_(None),
                    earlier.agregado == Outbox.agregado,
                    earlier.secuencia < Outbox.secuencia,
                )
                .exists(),
            )
            .order_by(Outbox.id)
            .limit(BATCH)
        )
        with self._db.read() as session:
            return [(row.id, Mensaje.of(row.cuerpo)) for row in session.execute(waiting)]

    def _mark(self, ids: list[int]) -> None:
        with self._db.begin() as session:
            session.connection().execute(
                update(Outbox).where(Outbox.id.in_(ids)).values(publicado=real_now())
            )


class _PostgresHint:
    """Wakes when any process commits a fact; without a connection it is only a pause."""

    def __init__(self, db: Database) -> None:
        plain = db.engine.url.set(drivername="postgresql")
        self._conninfo = plain.render_as_string(hide_password=False)
        self._connection: psycopg.Connection | None = None

    def wait(self, stop: threading.Event) -> None:
        try:
            for _ in self._listening().notifies(timeout=POLL, stop_after=1):
                pass
        except psycopg.Error:
            self.close()
            stop.wait(POLL)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _listening(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=5)
            self._connection.execute(f"LISTEN {CHANNEL}")
        return self._connection
