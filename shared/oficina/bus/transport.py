"""Carries a batch of facts to everybody who wants them: over RabbitMQ, or inside this process.

`publicar` returns only when every fact of the batch is durable at the other side, and raises
otherwise; the relay then sends the whole batch again. Receivers take a fact twice in their stride.
"""

import json
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Protocol

import pika
from pika.adapters.select_connection import SelectConnection
from pika.channel import Channel
from pika.exceptions import AMQPError

from oficina.bus.envelope import CONTENT_TYPE
from oficina.bus.inbox import Handlers, Mensaje, recibir
from oficina.bus.topology import EVENTOS, RESERVADOS, declare, parameters
from oficina.db import Database
from oficina.events import Clasificacion


class PublicacionFallida(Exception):
    """Nobody knows which facts of the batch arrived; send all of it again."""


class Transport(Protocol):
    """The way to the subscribers."""

    def publicar(self, mensajes: Sequence[Mensaje]) -> None:
        """Make every message durable at every subscriber, or raise."""

    def close(self) -> None:
        """Let go of connections; publishing again opens them again."""


class LocalTransport:
    """Straight into the inboxes of the services of this process."""

    def __init__(self, subscribers: Iterable[tuple[Database, Handlers]]) -> None:
        """Each subscriber is a service's database and what it does about facts."""
        self._subscribers = list(subscribers)

    def publicar(self, mensajes: Sequence[Mensaje]) -> None:
        """One transaction a subscriber. A crash between two is mended by sending again."""
        for db, handlers in self._subscribers:
            wanted = [mensaje for mensaje in mensajes if handlers.wants(mensaje)]
            if not wanted:
                continue
            with db.begin() as session:
                recibir(session.connection(), handlers.consumidor, wanted)
            db.inbox_changed.set()

    def close(self) -> None:
        """Nothing is held between batches."""


class AmqpTransport:
    """RabbitMQ with pipelined confirms: a batch costs one round trip.

    Any nack, return, close or late confirm ends the connection, and the next batch goes to the next
    host. A channel opened while a quorum queue elects its leader may refuse for ever (RabbitMQ
    3.10), so the same channel is never tried twice.
    """

    def __init__(self, url: str, subscribers: Iterable[Handlers], *, timeout: float = 10.0) -> None:
        """`url` may name several hosts, separated by commas; `timeout` seconds a batch.

        `subscribers` are all services that hear anything: their queues are declared before the
        first fact leaves, or it would pass by whoever was not started yet.
        """
        self._url = url
        self._hosts = cycle(parameters(url))
        self._subscribers = list(subscribers)
        self._timeout = timeout
        self._link: _Link | None = None

    def publicar(self, mensajes: Sequence[Mensaje]) -> None:
        """Return when RabbitMQ has confirmed each message. Raises PublicacionFallida."""
        if not mensajes:
            return
        letters = [_letter(mensaje) for mensaje in mensajes]
        try:
            self._connected().publish(letters)
        except PublicacionFallida:
            self.close()
            raise

    def close(self) -> None:
        """End the connection, if there is one."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _connected(self) -> "_Link":
        if self._link is None:
            try:
                declare(self._url, self._subscribers)
            except AMQPError as error:
                raise PublicacionFallida(f"no topology: {type(error).__name__}") from error
            self._link = _Link(next(self._hosts), self._timeout)
        return self._link


@dataclass(frozen=True)
class _Letter:
    exchange: str
    key: str
    body: bytes
    properties: pika.BasicProperties


def _letter(mensaje: Mensaje) -> _Letter:
    reserved = mensaje.clasificacion is not Clasificacion.INTERNO
    return _Letter(
        exchange=RESERVADOS if reserved else EVENTOS,
        key=mensaje.tipo,
        body=json.dumps(mensaje.cuerpo, ensure_ascii=False).encode(),
        properties=pika.BasicProperties(
            content_type=CONTENT_TYPE,
            delivery_mode=2,
            message_id=str(mensaje.evento_id),
            type=mensaje.ce_type,
        ),
    )


class _Link:
    """One connection with one confirming channel, on a thread of its own.

    pika's objects are touched by that thread alone; only the two futures cross over.
    """

    def __init__(self, where: pika.URLParameters, timeout: float) -> None:
        self._timeout = timeout
        self._ready: Future[None] = Future()
        self._batch: Future[None] = Future()
        self._channel: Channel | None = None
        self._unconfirmed: set[int] = set()
        self._last_tag = 0
        self._connection = SelectConnection(
            where,
            on_open_callback=self._on_open,
            on_open_error_callback=self._on_open_error,
            on_close_callback=self._on_close,
        )
        self._thread = threading.Thread(target=self._run, name="bus-publisher", daemon=True)
        self._thread.start()
        try:
            self._await(self._ready)
        except PublicacionFallida:
            self.close()
            raise

    def publish(self, letters: Sequence[_Letter]) -> None:
        """Send all, then wait for all. Raises PublicacionFallida."""
        batch: Future[None] = Future()
        self._on_thread(lambda: self._send(letters, batch))
        self._await(batch)

    def close(self) -> None:
        """Ask the broker for the end; one that does not answer loses its thread by heartbeat."""
        self._on_thread(self._leave)
        self._thread.join(timeout=2)

    def _await(self, outcome: "Future[None]") -> None:
        try:
            outcome.result(self._timeout)
        except TimeoutError as error:
            raise PublicacionFallida("RabbitMQ did not answer in time") from error

    def _on_thread(self, action: Any) -> None:
        if self._thread.is_alive():
            self._connection.ioloop.add_callback_threadsafe(action)

    # From here on: the connection's own thread.

    def _run(self) -> None:
        try:
            self._connection.ioloop.start()
        finally:
            self._fail("the connection ended")
            self._connection.ioloop.close()

    def _on_open(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Channel) -> None:
        self._channel = channel
        channel.add_on_close_callback(lambda _channel, reason: self._fail(f"channel: {reason}"))
        channel.add_on_return_callback(
            lambda _channel, method, _properties, _body: self._fail(
                f"nobody is bound to {method.routing_key}"
            )
        )
        channel.confirm_delivery(self._on_confirm, callback=lambda _frame: self._set_ready())

    def _set_ready(self) -> None:
        if not self._ready.done():
            self._ready.set_result(None)

    def _send(self, letters: Sequence[_Letter], batch: "Future[None]") -> None:
        self._batch = batch
        if self._channel is None or not self._channel.is_open:
            self._fail("the channel is closed")
            return
        for letter in letters:
            self._last_tag += 1
            self._unconfirmed.add(self._last_tag)
            self._channel.basic_publish(
                letter.exchange, letter.key, letter.body, letter.properties, mandatory=True
            )

    def _on_confirm(self, frame: Any) -> None:
        if not isinstance(frame.method, pika.spec.Basic.Ack):
            self._fail("RabbitMQ refused a message")
            return
        tag = frame.method.delivery_tag
        if frame.method.multiple:
            self._unconfirmed = {one for one in self._unconfirmed if one > tag}
        else:
            self._unconfirmed.discard(tag)
        if not self._unconfirmed and not self._batch.done():
            self._batch.set_result(None)

    def _fail(self, reason: str) -> None:
        for outcome in (self._ready, self._batch):
            if not outcome.done():
                outcome.set_exception(PublicacionFallida(reason))

    def _on_open_error(self, connection: Any, error: Any) -> None:
        self._fail(f"no connection: {type(error).__name__}")
        connection.ioloop.stop()

    def _on_close(self, connection: Any, reason: Any) -> None:
        self._fail(f"connection: {reason}")
        connection.ioloop.stop()

    def _leave(self) -> None:
        if self._connection.is_open:
            self._connection.close()
        elif not self._connection.is_closing:
            self._connection.ioloop.stop()
