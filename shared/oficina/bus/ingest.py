"""From a service's RabbitMQ queue into its inbox; the worker does the rest at its own pace.

A message is acknowledged only when its inbox row is committed. Nothing here is slow, so the
connection's heartbeat is always answered in time.
"""

import json
import random
import threading
import time
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPError
from sqlalchemy.exc import SQLAlchemyError

from oficina import telemetry
from oficina.bus.envelope import SobreInvalido
from oficina.bus.inbox import Handlers, Mensaje, recibir
from oficina.bus.topology import declare_exchanges, declare_queue, parameters, queue_of
from oficina.db import Database

PREFETCH = 400
BATCH = 200
GATHER = 0.02
"""Seconds that a message may wait for company."""

log = telemetry.get_logger("oficina.bus")


class AmqpIngest:
    """The reader of one service's queue. Others may wait beside it: RabbitMQ feeds one."""

    def __init__(self, url: str, db: Database, handlers: Handlers) -> None:
        """`url` may name several hosts, separated by commas."""
        self._hosts = parameters(url)
        self._db = db
        self._handlers = handlers

    def run(self, stop: threading.Event) -> None:
        """Read until `stop` is set; a lost connection is opened again, from 0.1 s to 5 s later."""
        failures = 0
        while not stop.is_set():
            try:
                self._read(stop)
                failures = 0
            except (AMQPError, OSError) as error:
                failures += 1
                log.warning("ingest_lost", cola=queue_of(self._handlers), kind=type(error).__name__)
                stop.wait(random.uniform(0.5, 1) * min(5.0, 0.1 * 2**failures))  # noqa: S311  jitter

    def _read(self, stop: threading.Event) -> None:
        random.shuffle(self._hosts)
        with pika.BlockingConnection(self._hosts) as connection:
            channel = connection.channel()
            declare_exchanges(channel)
            declare_queue(channel, self._handlers)
            channel.basic_qos(prefetch_count=PREFETCH)
            batch = _Batch()
            channel.basic_consume(queue_of(self._handlers), batch.on_message)
            while not stop.is_set():
                connection.process_data_events(time_limit=GATHER if batch.last_tag else 0.5)
                if batch.is_due():
                    self._store(connection, channel, batch)

    def _store(
        self, connection: BlockingConnection, channel: BlockingChannel, batch: "_Batch"
    ) -> None:
        wanted = [mensaje for mensaje in batch.mensajes if self._handlers.wants(mensaje)]
        try:
            with self._db.begin() as session:
                recibir(session.connection(), self._handlers.consumidor, wanted)
        except SQLAlchemyError as error:
            # The batch stays ours: handed back, it would count against the delivery limit.
            log.warning("ingest_waits", cola=queue_of(self._handlers), kind=type(error).__name__)
            connection.sleep(1.0)
            return
        channel.basic_ack(batch.last_tag, multiple=True)
        batch.clear()
        self._db.inbox_changed.set()


class _Batch:
    """Messages that wait together for one transaction."""

    def __init__(self) -> None:
        self.mensajes: list[Mensaje] = []
        self.last_tag = 0
        self._since = 0.0

    def on_message(
        self, channel: BlockingChannel, method: Any, _properties: Any, body: bytes
    ) -> None:
        try:
            mensaje = Mensaje.of(_object(body))
        except SobreInvalido:
            log.warning("not_a_fact", tipo=str(method.routing_key))
            channel.basic_reject(method.delivery_tag, requeue=False)
            return
        if not self.mensajes:
            self._since = time.monotonic()
        self.mensajes.append(mensaje)
        self.last_tag = int(method.delivery_tag)

    def is_due(self) -> bool:
        waited = time.monotonic() - self._since
        return bool(self.mensajes) and (len(self.mensajes) >= BATCH or waited >= GATHER)

    def clear(self) -> None:
        self.mensajes.clear()
        self.last_tag = 0


def _object(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError as error:
        raise SobreInvalido("not JSON") from error
    if not isinstance(read, dict):
        raise SobreInvalido("not an object")
    return read
