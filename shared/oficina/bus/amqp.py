"""Carries batches of facts over RabbitMQ. What only this needs is loaded by who carries so."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import pika
from pika.adapters.select_connection import SelectConnection
from pika.channel import Channel
from pika.exceptions import AMQPError

from oficina.bus.broker import declare, parameters
from oficina.bus.envelope import CONTENT_TYPE
from oficina.bus.inbox import Handlers, Mensaje
from oficina.bus.topology import EVENTOS, RESERVADOS
from oficina.bus.transport import Envio, PublicacionFallida
from oficina.events import Clasificacion

NOT_FOUND = 404
"""AMQP's reply code for an exchange or a queue that is not there."""


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
        self._is_declared = False

    def enviar(self, mensajes: Sequence[Mensaje]) -> Envio:
        """Hand the batch to the connection's thread; opens the connection when there is none.

        Raises PublicacionFallida when no connection can be had.
        """
        return _Waited(self, self._connected().send([_letter(one) for one in mensajes]))

    def wait(self, batch: "Future[None]") -> None:
        """Return when RabbitMQ has confirmed a batch. Raises PublicacionFallida."""
        try:
            _await(batch, self._timeout)
        except PublicacionFallida:
            self.close()
            raise

    def close(self) -> None:
        """End the connection, if there is one."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _connected(self) -> "_Link":
        if self._link is not None and not self._link.is_open:
            self.close()
        if self._link is None:
            self._declare_once()
            self._link = _Link(next(self._hosts), self._timeout, on_missing=self._forget_topology)
        return self._link

    def _declare_once(self) -> None:
        # Not at each new connection: while a cluster elects leaders that alone takes seconds.
        if self._is_declared:
            return
        try:
            declare(self._url, self._subscribers)
        except AMQPError as error:
            raise PublicacionFallida(f"no topology: {type(error).__name__}") from error
        self._is_declared = True

    def _forget_topology(self) -> None:
        self._is_declared = False


@dataclass(frozen=True)
class _Waited:
    """A batch that RabbitMQ still has to confirm."""

    transport: AmqpTransport
    batch: "Future[None]"

    def esperar(self) -> None:
        self.transport.wait(self.batch)


def _await(outcome: "Future[None]", timeout: float) -> None:
    try:
        outcome.result(timeout)
    except TimeoutError as error:
        raise PublicacionFallida("RabbitMQ did not answer in time") from error


@dataclass(frozen=True, slots=True)
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
        body=mensaje.cuerpo.encode(),
        properties=pika.BasicProperties(
            content_type=CONTENT_TYPE,
            delivery_mode=2,
            message_id=str(mensaje.evento_id),
            type=mensaje.ce_type,
        ),
    )


class _Batch:
    """Messages of one `send` that are not confirmed yet, by their delivery tags."""

    def __init__(self, first: int, last: int) -> None:
        self.outcome: Future[None] = Future()
        self._first, self.last = first, last
        self._unconfirmed = set(range(first, last + 1))

    def confirm(self, tag: int, *, multiple: bool) -> None:
        """Take a confirm of RabbitMQ's, of one message or of all up to it."""
        if tag < self._first:
            return
        if not multiple:
            self._unconfirmed.discard(tag)
        elif tag >= self.last:
            self._unconfirmed.clear()
        else:
            self._unconfirmed = {one for one in self._unconfirmed if one > tag}
        if not self._unconfirmed and not self.outcome.done():
            self.outcome.set_result(None)


class _Link:
    """One connection with one confirming channel, on a thread of its own.

    pika's objects are touched by that thread alone; only batches cross over, under a lock. Once
    anything has failed, everything under way has failed and the link is of no more use.
    """

    def __init__(
        self, where: pika.URLParameters, timeout: float, *, on_missing: Callable[[], None]
    ) -> None:
        """`on_missing` is called when RabbitMQ lacks a queue or an exchange of ours."""
        self._on_missing = on_missing
        self._ready: Future[None] = Future()
        self._failure: PublicacionFallida | None = None
        self._channel: Channel | None = None
        self._under_way: deque[_Batch] = deque()
        self._crossing = threading.Lock()
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
            _await(self._ready, timeout)
        except PublicacionFallida:
            self.close()
            raise

    @property
    def is_open(self) -> bool:
        """False once anything has failed."""
        return self._failure is None

    def send(self, letters: Sequence[_Letter]) -> "Future[None]":
        """Have all sent; the future is done when all are confirmed, or fails."""
        batch = _Batch(self._last_tag + 1, self._last_tag + len(letters))
        self._last_tag = batch.last
        with self._crossing:
            self._under_way.append(batch)
        self._on_thread(lambda: self._send(letters))
        if not self.is_open:  # the thread may have ended before it heard of the batch
            self._fail("the connection ended")
        return batch.outcome

    def close(self) -> None:
        """Ask the broker for the end; one that does not answer loses its thread by heartbeat."""
        self._on_thread(self._leave)
        self._thread.join(timeout=2)

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
        channel.add_on_close_callback(self._on_channel_closed)
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_confirm, callback=lambda _frame: self._set_ready())

    def _set_ready(self) -> None:
        if not self._ready.done():
            self._ready.set_result(None)

    def _send(self, letters: Sequence[_Letter]) -> None:
        channel = self._channel
        if self._failure is not None or channel is None or not channel.is_open:
            self._fail("the channel is closed")
            return
        for letter in letters:
            channel.basic_publish(
                letter.exchange, letter.key, letter.body, letter.properties, mandatory=True
            )

    def _on_confirm(self, frame: Any) -> None:
        if not isinstance(frame.method, pika.spec.Basic.Ack):
            self._fail("RabbitMQ refused a message")
            return
        with self._crossing:
            for batch in self._under_way:
                batch.confirm(frame.method.delivery_tag, multiple=frame.method.multiple)
            while self._under_way and self._under_way[0].outcome.done():
                self._under_way.popleft()

    def _on_return(self, _channel: Any, method: Any, _properties: Any, _body: bytes) -> None:
        self._on_missing()
        self._fail(f"nobody is bound to {method.routing_key}")

    def _on_channel_closed(self, _channel: Any, reason: Exception) -> None:
        if getattr(reason, "reply_code", None) == NOT_FOUND:
            self._on_missing()
        self._fail(f"channel: {reason}")

    def _fail(self, reason: str) -> None:
        with self._crossing:
            self._failure = self._failure or PublicacionFallida(reason)
            for outcome in (self._ready, *(batch.outcome for batch in self._under_way)):
                if not outcome.done():
                    outcome.set_exception(self._failure)

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
