"""From a service's RabbitMQ queue into its inbox; the worker does the rest at its own pace.

A message is acknowledged only when its inbox row is committed. Nothing here is slow, so the
connection's heartbeat is always answered in time.
"""

import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPError, ChannelClosedByBroker, ConsumerCancelled
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from oficina import telemetry
from oficina.bus.broker import declare_exchanges, declare_queue, parameters
from oficina.bus.envelope import SobreInvalido
from oficina.bus.inbox import Handlers, Mensaje, recibir
from oficina.bus.pauses import before_reconnect
from oficina.bus.topology import MUERTAS, muerta_of, queue_of
from oficina.db import Database

PREFETCH = 400
BATCH = 200
IDLE = 0.5
"""Seconds between two looks at whether to stop. A message never waits: what has arrived when the
first one is read goes with it."""

LOOK = 5.0
"""Seconds between two looks at whether the queue is still there."""

NOWHERE = "acogida.ninguna"
"""An exchange that is not there: who looks for it has its channel closed."""

DEAD = Counter(
    "acogida_ingest_dead_total", "Messages that were no fact; alert on any.", ("servicio",)
)

log = telemetry.get_logger("oficina.bus")


class AmqpIngest:
    """The reader of one service's queue. Others may wait beside it: RabbitMQ feeds one."""

    def __init__(self, url: str, db: Database, handlers: Handlers) -> None:
        """`url` may name several hosts, separated by commas."""
        self._hosts = parameters(url)
        self._db = db
        self._handlers = handlers
        self._failures = 0
        """Since something was read, or the queue was seen to be: to connect is not to be let in."""

    def run(self, stop: threading.Event) -> None:
        """Read until `stop` is set; a lost connection is opened again, from 0.1 s to 1 s later."""
        is_declared = False
        while not stop.is_set():
            try:
                with pika.BlockingConnection(self._shuffled()) as connection:
                    channel = connection.channel()
                    if not is_declared:
                        self._declare(channel)
                    # Not at each new connection: while a cluster elects leaders it takes seconds.
                    is_declared = True
                    try:
                        self._read(connection, channel, stop)
                    finally:
                        _give_back(channel)
            except (AMQPError, OSError) as error:
                self._failures += 1
                # A queue that is gone is made again.
                gone = isinstance(error, ChannelClosedByBroker | ConsumerCancelled)
                is_declared = is_declared and not gone
                log.warning("ingest_lost", cola=queue_of(self._handlers), kind=type(error).__name__)
                stop.wait(before_reconnect(self._failures))

    def _shuffled(self) -> list[pika.URLParameters]:
        return random.sample(self._hosts, len(self._hosts))

    def _declare(self, channel: BlockingChannel) -> None:
        declare_exchanges(channel)
        declare_queue(channel, self._handlers)

    def _read(
        self, connection: BlockingConnection, channel: BlockingChannel, stop: threading.Event
    ) -> None:
        channel.confirm_delivery()
        channel.basic_qos(prefetch_count=PREFETCH)
        batch = _Batch()
        channel.basic_consume(queue_of(self._handlers), batch.on_message)
        looked = time.monotonic()
        while not stop.is_set():
            if time.monotonic() - looked > LOOK:
                self._look_at_queue(channel)
                looked = time.monotonic()
            connection.process_data_events(time_limit=IDLE)
            while 0 < batch.size < BATCH:
                size = batch.size
                connection.process_data_events(time_limit=0)
                if batch.size == size:
                    break
            if batch.size:
                self._store(connection, channel, batch)

    def _look_at_queue(self, channel: BlockingChannel) -> None:
        """Whether it is still there and read. Raises ChannelClosedByBroker, ConsumerCancelled.

        RabbitMQ does not tell every reader of a quorum queue that somebody deleted it.
        """
        found = channel.queue_declare(queue_of(self._handlers), passive=True)
        if found.method.consumer_count == 0:
            raise ConsumerCancelled(404, "nobody reads the queue any more")
        self._failures = 0

    def _store(
        self, connection: BlockingConnection, channel: BlockingChannel, batch: "_Batch"
    ) -> None:
        wanted = [mensaje for mensaje in batch.mensajes if self._handlers.wants(mensaje)]
        try:
            if wanted:
                with self._db.single() as database:
                    recibir(database, self._handlers.consumidor, wanted)
        except SQLAlchemyError as error:
            # The batch stays ours: handed back, it would count against the delivery limit.
            log.warning("ingest_waits", cola=queue_of(self._handlers), kind=type(error).__name__)
            connection.sleep(1.0)
            return
        for letter in batch.dead:
            self._bury(channel, letter)
        channel.basic_ack(batch.last_tag, multiple=True)
        batch.clear()
        self._failures = 0
        self._db.inbox_changed.set()

    def _bury(self, channel: BlockingChannel, letter: "_DeadLetter") -> None:
        """Send on what is no fact, with the reason, before it is acknowledged."""
        muerta = muerta_of(self._handlers)
        properties = pika.BasicProperties(
            delivery_mode=2, headers={"motivo": letter.reason, "clave": letter.key}
        )
        channel.basic_publish(MUERTAS, muerta, letter.body, properties, mandatory=True)
        DEAD.labels(self._handlers.consumidor).inc()
        log.warning("not_a_fact", cola=muerta)


def _give_back(channel: BlockingChannel) -> None:
    """Have RabbitMQ close the channel: what is not acknowledged goes back at once and in its order.

    pika, asked to close it, first sends back what it has not handed out yet, and what came before
    that would be read after it.
    """
    with suppress(AMQPError):
        channel.exchange_declare(NOWHERE, passive=True)


@dataclass(frozen=True)
class _DeadLetter:
    body: bytes
    key: str
    reason: str


class _Batch:
    """Messages that wait together for one transaction."""

    def __init__(self) -> None:
        self.mensajes: list[Mensaje] = []
        self.dead: list[_DeadLetter] = []
        self.last_tag = 0

    @property
    def size(self) -> int:
        """How many messages wait."""
        return len(self.mensajes) + len(self.dead)

    def on_message(
        self, _channel: BlockingChannel, method: Any, _properties: Any, body: bytes
    ) -> None:
        try:
            self.mensajes.append(Mensaje.read(body))
        except SobreInvalido as error:
            self.dead.append(_DeadLetter(body, str(method.routing_key), str(error)[:500]))
        self.last_tag = int(method.delivery_tag)

    def clear(self) -> None:
        self.mensajes.clear()
        self.dead.clear()
        self.last_tag = 0
