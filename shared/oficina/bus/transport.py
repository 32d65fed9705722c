"""Carries a batch of facts to everybody who wants them: inside this process, or over RabbitMQ
(`oficina.bus.amqp`).

`enviar` sets a batch on its way; `esperar` returns only when every fact of it is durable at the
other side, and raises otherwise; the relay then sends the whole batch again. Receivers take a fact
twice in their stride.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from oficina.bus.inbox import Handlers, Mensaje, recibir
from oficina.db import Database


class PublicacionFallida(Exception):
    """Nobody knows which facts of the batch arrived; send all of it again."""


class Envio(Protocol):
    """A batch on its way."""

    def esperar(self) -> None:
        """Return when every message is durable at every subscriber, or raise."""


class Transport(Protocol):
    """The way to the subscribers."""

    def enviar(self, mensajes: Sequence[Mensaje]) -> Envio:
        """Set a batch on its way. Further ones may follow before it has arrived."""

    def close(self) -> None:
        """Let go of connections; publishing again opens them again."""


class LocalTransport:
    """Straight into the inboxes of the services of this process."""

    def __init__(self, subscribers: Iterable[tuple[Database, Handlers]]) -> None:
        """Each subscriber is a service's database and what it does about facts."""
        self._subscribers = list(subscribers)

    def enviar(self, mensajes: Sequence[Mensaje]) -> Envio:
        """One transaction a subscriber. A crash between two is mended by sending again."""
        for db, handlers in self._subscribers:
            wanted = [mensaje for mensaje in mensajes if handlers.wants(mensaje)]
            if not wanted:
                continue
            with db.single() as connection:
                recibir(connection, handlers.consumidor, wanted)
            db.inbox_changed.set()
        return _ARRIVED

    def close(self) -> None:
        """Nothing is held between batches."""


class _Arrived:
    """What was durable when `enviar` returned."""

    def esperar(self) -> None:
        return


_ARRIVED = _Arrived()
