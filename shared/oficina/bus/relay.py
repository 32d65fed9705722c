"""Takes what waits in the outbox to the transport, in order, until it is durable at the other side.

Only the oldest waiting fact of each aggregate is ever on its way, so whatever becomes of a batch
(half of it arrived, all of it twice) no fact can overtake its predecessor.
"""

import random
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prometheus_client import Counter, Histogram
from sqlalchemy import Row, bindparam, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from oficina import telemetry
from oficina.bus.inbox import Mensaje
from oficina.bus.tables import OUTBOX_TEXT, Outbox
from oficina.bus.transport import Envio, PublicacionFallida, Transport
from oficina.clock import real_now
from oficina.db import Database
from oficina.events import Clasificacion

BATCH = 200
UNDER_WAY = 2
"""Batches that may be on their way at once: one is read while the other is confirmed."""
TURN_BATCHES = 10
"""Batches of one turn, after which the lock is given back for a moment."""
POLL = 1.0
"""Seconds after which the outbox is looked at even when nobody said that it changed."""

# Any number that nobody else locks: a service has its own database, and there one relay at a time.
_TURN = 0x0B05

PUBLISHED = Counter("acogida_outbox_published_total", "Facts that left the outbox.", ("servicio",))
FAILURES = Counter(
    "acogida_relay_failures_total", "Turns that ended before their time.", ("servicio", "motivo")
)
TURNS = Histogram(
    "acogida_relay_turn_seconds",
    "Time of a turn that published something.",
    ("servicio",),
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

log = telemetry.get_logger("oficina.bus")

_earlier = aliased(Outbox)
_OLDEST_OF_EACH_AGGREGATE = (
    select(
        Outbox.id,
        Outbox.evento_id,
        Outbox.tipo,
        Outbox.cuerpo["type"].as_string().label("ce_type"),
        Outbox.agregado,
        Outbox.secuencia,
        Outbox.clasificacion,
        OUTBOX_TEXT,
    )
    .where(
        Outbox.publicado.is_(None),
        Outbox.id > bindparam("despues"),
        ~select(_earlier.id)
        .where(
            _earlier.publicado.is_(None),
            _earlier.agregado == Outbox.agregado,
            _earlier.secuencia < Outbox.secuencia,
        )
        .exists(),
    )
    .order_by(Outbox.id)
    .limit(BATCH)
)


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
        """Publish what waits, TURN_BATCHES at the most; how many facts left.

        What was confirmed is marked even when the turn fails. Raises PublicacionFallida, and what
        the database raises.
        """
        return self._take_turn().left

    def _take_turn(self) -> "_Turn":
        # On SQLite each statement is a transaction: a lock on this file while the transport waits
        # for that of another service would be a deadlock with its relay.
        turn = _Turn(self._transport, is_one_transaction=not self._db.is_sqlite)
        with TURNS.labels(self._name).time(), self._connection() as connection:
            if connection is not None:
                turn.run(connection)
        PUBLISHED.labels(self._name).inc(turn.left)
        if turn.failure is not None:
            raise turn.failure
        return turn

    def run(self, stop: threading.Event) -> None:
        """Publish until `stop` is set; whatever fails is tried again, from 0.1 s to 1 s later."""
        failures = 0
        while not stop.is_set():
            self._db.outbox_changed.clear()
            try:
                is_empty = self._take_turn().is_empty
                failures = 0
            except Exception as error:  # outermost loop: the rows wait, so it goes on
                failures += 1
                FAILURES.labels(self._name, type(error).__name__).inc()
                log.warning("relay_failed", servicio=self._name, kind=type(error).__name__)
                stop.wait(random.uniform(0.5, 1) * min(1.0, 0.1 * 2 ** min(failures, 9)))  # noqa: S311  jitter
                continue
            if is_empty:
                self._db.outbox_changed.wait(POLL)

    @contextmanager
    def _connection(self) -> Iterator[Connection | None]:
        """The connection of a turn, or None when another relay has it."""
        if self._db.is_sqlite:
            with self._db.engine.connect() as connection:
                yield connection
            return
        # The lock lives as long as this transaction: a process that dies gives it back.
        with self._db.engine.begin() as connection:
            taken = text("SELECT pg_try_advisory_xact_lock(:turn)")
            yield connection if connection.execute(taken, {"turn": _TURN}).scalar_one() else None


class _Turn:
    """Some batches, one after the other, two of them on their way at once."""

    def __init__(self, transport: Transport, *, is_one_transaction: bool) -> None:
        self._transport = transport
        self._is_one_transaction = is_one_transaction
        self._under_way: deque[tuple[list[int], Envio]] = deque()
        self.left = 0
        self.is_empty = True
        """Whether nothing waited any more at the end, or another relay has the turn."""
        self.failure: PublicacionFallida | None = None

    def run(self, connection: Connection) -> None:
        """Publish and mark until nothing waits, the turn is over, or a batch fails."""
        try:
            for _ in range(TURN_BATCHES):
                sent = self._send_one(connection)
                if not sent and not self._under_way:
                    return
                if sent < BATCH or len(self._under_way) == UNDER_WAY:
                    self._settle(connection)
            self.is_empty = False
            while self._under_way:
                self._settle(connection)
        except PublicacionFallida as failure:
            self.failure = failure

    def _send_one(self, connection: Connection) -> int:
        """Set the next batch on its way, of what waits behind what is under way; its size."""
        last = self._under_way[-1][0][-1] if self._under_way else 0
        rows = connection.execute(_OLDEST_OF_EACH_AGGREGATE, {"despues": last}).all()
        self._after_statement(connection)
        if rows:
            envio = self._transport.enviar([_mensaje(row) for row in rows])
            self._under_way.append(([row.id for row in rows], envio))
        return len(rows)

    def _settle(self, connection: Connection) -> None:
        """Wait for the oldest batch and mark it."""
        ids, envio = self._under_way.popleft()
        envio.esperar()
        connection.execute(update(Outbox).where(Outbox.id.in_(ids)).values(publicado=real_now()))
        self._after_statement(connection)
        self.left += len(ids)

    def _after_statement(self, connection: Connection) -> None:
        if not self._is_one_transaction:
            connection.commit()


def _mensaje(row: Row[*tuple[Any, ...]]) -> Mensaje:
    _, evento_id, tipo, ce_type, agregado, secuencia, clasificacion, cuerpo = row
    return Mensaje(
        evento_id=evento_id,
        tipo=tipo,
        ce_type=ce_type,
        agregado=agregado,
        secuencia=secuencia,
        clasificacion=Clasificacion(clasificacion),
        cuerpo=cuerpo,
    )
