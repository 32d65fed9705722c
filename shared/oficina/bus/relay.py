"""Takes what waits in the outbox to the transport, in order, until it is durable at the other side.

Only the oldest waiting fact of each aggregate is ever on its way, so whatever becomes of a batch
(half of it arrived, all of it twice) no fact can overtake its predecessor.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prometheus_client import Counter, Histogram
from sqlalchemy import Row, bindparam, literal_column, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from oficina import telemetry
from oficina.bus.inbox import Mensaje
from oficina.bus.pauses import before_reconnect
from oficina.bus.tables import OUTBOX_TEXT, Outbox, alone, walk_the_index
from oficina.bus.transport import Envio, PublicacionFallida, Transport
from oficina.clock import real_now
from oficina.db import Database
from oficina.events import Clasificacion

BATCH = 200
UNDER_WAY = 2
"""Batches that may be on their way at once: one is read while the other is confirmed."""
TURN_BATCHES = 10
"""Batches after which a turn ends, however much still waits."""
POLL = 1.0
"""Seconds after which the outbox is looked at even when nobody said that it changed."""

HANGS = 60
"""Seconds without a word after which PostgreSQL gives the turn of a relay to another."""

# Any number that nobody else locks: a service has its own database.
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
        Outbox.id > literal_column("0"),  # what the index of those that wait says
        Outbox.id > bindparam("despues"),
        ~alone(
            select(_earlier.id).where(
                _earlier.publicado.is_(None),
                _earlier.agregado == Outbox.agregado,
                _earlier.secuencia < Outbox.secuencia,
            )
        ).exists(),
    )
    .order_by(Outbox.id)
    .limit(BATCH)
)
_MARK = (
    update(Outbox)
    .where(Outbox.id.in_(bindparam("ids", expanding=True)))
    .values(publicado=bindparam("ahora"))
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
        self._failures = 0

    def run_once(self) -> int:
        """Publish what waits, TURN_BATCHES at the most; how many facts left.

        While another relay has the turn that is 0. What was confirmed is marked even when the turn
        fails. Raises PublicacionFallida, and what the database raises.
        """
        with self._connection() as connection:
            return self._take_turn(connection).left if _is_mine(connection) else 0

    def run(self, stop: threading.Event) -> None:
        """Publish until `stop` is set; whatever fails is tried again, from 0.1 s to 1 s later."""
        self._failures = 0
        while not stop.is_set():
            try:
                with self._connection() as connection:
                    self._run_on(connection, stop)
            except Exception as error:  # outermost loop: the rows wait, so it goes on
                self._failures += 1
                FAILURES.labels(self._name, type(error).__name__).inc()
                log.warning("relay_failed", servicio=self._name, kind=type(error).__name__)
                stop.wait(before_reconnect(self._failures))

    def _run_on(self, connection: Connection, stop: threading.Event) -> None:
        while not _is_mine(connection):
            if stop.wait(POLL):
                return
        changed, before = self._db.outbox_changed, -1
        while not stop.is_set():
            seen = changed.count
            is_empty = self._take_turn(connection).is_empty
            self._failures = 0
            if is_empty:
                # What was committed a moment after somebody was heard is there soon.
                changed.wait(seen, POLL if seen == before else 2 * changed.MOMENT)
                before = seen

    def _take_turn(self, connection: Connection) -> "_Turn":
        turn = _Turn(self._transport, connection)
        with TURNS.labels(self._name).time():
            turn.run()
        PUBLISHED.labels(self._name).inc(turn.left)
        if turn.failure is not None:
            raise turn.failure
        return turn

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """A connection of the relay's own, closed afterwards: the turn goes with it."""
        if self._db.is_sqlite:
            with self._db.engine.connect() as connection:
                connection.detach()
                # It is kept for ever, and reads each page once.
                connection.exec_driver_sql("PRAGMA cache_size = -100")
                connection.commit()
                yield connection
            return
        with self._db.single() as connection:
            connection.detach()
            for setting in _OF_A_RELAY:
                connection.exec_driver_sql(setting)
            try:
                yield connection
            finally:
                # PostgreSQL would notice a little later that the connection is closed.
                if not connection.invalidated:
                    connection.execute(_GIVE_BACK)


# One relay at a time has the turn, for as long as its connection lives: a process that dies gives
# it back, and one that hangs loses the connection. A mark that is lost with a server that dies has
# its fact sent twice, so nobody waits for the disk.
_OF_A_RELAY = (
    f"SET idle_session_timeout = '{HANGS}s'",
    "SET synchronous_commit = off",
    walk_the_index(is_local=False),
)
_TAKE = text(f"SELECT pg_try_advisory_lock({_TURN})")
_GIVE_BACK = text("SELECT pg_advisory_unlock_all()")


def _is_mine(connection: Connection) -> bool:
    """Take the turn, unless another relay has it."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.execute(_TAKE).scalar_one())


class _Turn:
    """Some batches, one after the other, two of them on their way at once.

    Each statement is a transaction: a lock that is held while the transport waits for that of
    another service would be a deadlock with its relay.
    """

    def __init__(self, transport: Transport, connection: Connection) -> None:
        self._transport = transport
        self._connection = connection
        self._under_way: deque[tuple[list[int], Envio]] = deque()
        self.left = 0
        self.is_empty = True
        """Whether nothing waited any more at the end."""
        self.failure: PublicacionFallida | None = None

    def run(self) -> None:
        """Publish and mark until nothing waits, the turn is over, or a batch fails."""
        try:
            for _ in range(TURN_BATCHES):
                sent = self._send_one()
                if not sent and not self._under_way:
                    return
                if sent < BATCH or len(self._under_way) == UNDER_WAY:
                    self._settle()
            self.is_empty = False
            while self._under_way:
                self._settle()
        except PublicacionFallida as failure:
            self.failure = failure

    def _send_one(self) -> int:
        """Set the next batch on its way, of what waits behind what is under way; its size."""
        last = self._under_way[-1][0][-1] if self._under_way else 0
        rows = self._connection.execute(_OLDEST_OF_EACH_AGGREGATE, {"despues": last}).all()
        self._connection.commit()
        if rows:
            envio = self._transport.enviar([_mensaje(row) for row in rows])
            self._under_way.append(([row.id for row in rows], envio))
        return len(rows)

    def _settle(self) -> None:
        """Wait for the oldest batch and mark it."""
        ids, envio = self._under_way.popleft()
        envio.esperar()
        self._connection.execute(_MARK, {"ids": ids, "ahora": real_now()})
        self._connection.commit()
        self.left += len(ids)


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
