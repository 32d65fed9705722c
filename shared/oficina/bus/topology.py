"""The exchanges and queues of the bus on RabbitMQ, described once.

acogida.eventos     topic: every fact, routing key `<servicio>.<agregado>.<hecho>`
acogida.reservados  topic: reserved facts, read by our own services only
acogida.muertas     direct: what ingest could not read
acogida.unidades    direct: what leaves for the systems of other units, each with a queue of its
                    own (`ext.…`, made while the office works) whose name is the key
<servicio>.eventos  quorum: what one service hears; its bindings are its handlers' keys
<servicio>.muerta   quorum: what was no fact at all
<servicio>.tareas   quorum, behind a direct exchange of its name: the nudges of its jobs
auditoria.eventos   quorum: the latest facts of all; because it takes any key, a message that
                    RabbitMQ returns as unroutable always means a broken topology

From the description come what `declare` makes and the broker's definitions (definitions.py).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker

from oficina.bus.inbox import Handlers

EVENTOS = "acogida.eventos"
RESERVADOS = "acogida.reservados"
MUERTAS = "acogida.muertas"
UNIDADES = "acogida.unidades"
EXTERNAS = "ext."
"""How the names of the queues of other units begin."""
AUDITORIA = "auditoria.eventos"

# The last net only: it counts crashes of the reader too, and what cannot be read is sent to the
# dead-letter queue at once.
DELIVERY_LIMIT = 1000
# A task that kills its process every time would come back for ever.
TASK_DELIVERY_LIMIT = 20
AUDITORIA_LENGTH = 100_000


@dataclass(frozen=True)
class Exchange:
    """Where publishers send to; always durable."""

    name: str
    kind: str


@dataclass(frozen=True)
class Binding:
    """What an exchange passes on to the queue that it belongs to."""

    exchange: str
    key: str


@dataclass(frozen=True)
class Queue:
    """A durable quorum queue and what it hears."""

    name: str
    bindings: tuple[Binding, ...]
    limits: Mapping[str, Any]
    """Its arguments beside the type."""

    @property
    def arguments(self) -> dict[str, Any]:
        """All of its arguments; RabbitMQ never changes those of a queue that is there."""
        return {"x-queue-type": "quorum", **self.limits}


@dataclass(frozen=True)
class Topology:
    """Exchanges and queues, in the order in which they are made."""

    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]

    def __add__(self, other: "Topology") -> "Topology":
        return Topology(self.exchanges + other.exchanges, self.queues + other.queues)

    def fingerprint(self) -> str:
        """The same for the same description: twelve hexadecimal digits."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


COMMON = Topology(
    (
        Exchange(EVENTOS, "topic"),
        Exchange(RESERVADOS, "topic"),
        Exchange(MUERTAS, "direct"),
        Exchange(UNIDADES, "direct"),
    ),
    (
        Queue(
            AUDITORIA,
            (Binding(EVENTOS, "#"), Binding(RESERVADOS, "#")),
            {"x-max-length": AUDITORIA_LENGTH, "x-overflow": "drop-head"},
        ),
    ),
)
"""What all services share."""


def own(handlers: Handlers) -> Topology:
    """What one service reads; the dead-letter queue first, or its first letters would wait."""
    service = handlers.consumidor
    muerta = muerta_of(handlers)
    keys = handlers.binding_keys()
    return Topology(
        (tasks_exchange(service),),
        (
            Queue(muerta, (Binding(MUERTAS, muerta),), {}),
            Queue(
                queue_of(handlers),
                tuple(Binding(name, key) for key in keys for name in (EVENTOS, RESERVADOS)),
                {
                    "x-delivery-limit": DELIVERY_LIMIT,
                    "x-dead-letter-exchange": MUERTAS,
                    "x-dead-letter-routing-key": muerta,
                    "x-dead-letter-strategy": "at-least-once",
                    "x-overflow": "reject-publish",
                    "x-single-active-consumer": True,
                },
            ),
            tasks_queue(service),
        ),
    )


def whole(todos: Iterable[Handlers]) -> Topology:
    """What all these services need."""
    described = COMMON
    for handlers in todos:
        described += own(handlers)
    return described


def queue_of(handlers: Handlers) -> str:
    """The queue of facts that one service reads."""
    return f"{handlers.consumidor}.eventos"


def muerta_of(handlers: Handlers) -> str:
    """The queue of what one service could not read."""
    return f"{handlers.consumidor}.muerta"


def tasks_exchange(service: str) -> Exchange:
    """Where the nudges of one service's jobs are sent to."""
    return Exchange(f"{service}.tareas", "direct")


def tasks_queue(service: str) -> Queue:
    """The queue that one service's jobs processes read."""
    name = f"{service}.tareas"
    return Queue(name, (Binding(name, name),), {"x-delivery-limit": TASK_DELIVERY_LIMIT})


def amqp_urls(url: str) -> list[str]:
    """One URL a host of `amqp://user:password@host1:5672,host2:5672/vhost`."""
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    return [parts._replace(netloc=f"{user}{at}{host}").geturl() for host in hosts.split(",")]


def parameters(url: str) -> list[pika.URLParameters]:
    """How to connect to each host: a dead one is noticed within 30 s, a slow one within 5 s."""
    return [_parameters(one) for one in amqp_urls(url)]


def declare(url: str, todos: Iterable[Handlers]) -> None:
    """Have everything of these services there, so that no fact leaves before its reader's queue.

    May be called again. Whoever may not make it only sees that it is there: in production
    `acogida migrate` makes it, with a user of its own. Raises pika's AMQPError: no host answers,
    something is missing, or is there with other arguments.
    """
    with connect(parameters(url)) as connection:
        have(connection, whole(todos))


def connect(hosts: list[pika.URLParameters]) -> BlockingConnection:
    """A connection to the first host that answers. Raises pika's AMQPError."""
    try:
        return BlockingConnection(hosts)
    except OSError as error:  # a name that nobody knows
        raise AMQPConnectionError(error) from error


def declare_exchanges(channel: BlockingChannel) -> None:
    """Have the exchanges there, and the queue that takes every fact, as `declare` does."""
    have(channel.connection, COMMON)


def declare_queue(channel: BlockingChannel, handlers: Handlers) -> None:
    """Have the queues of one service there, as `declare` does."""
    have(channel.connection, own(handlers))


def have(connection: BlockingConnection, topology: Topology) -> None:
    """Make all of it, or see that it is there. Raises pika's ChannelClosedByBroker."""
    try:
        make(connection, topology)
    except ChannelClosedByBroker as error:
        if error.reply_code != pika.spec.ACCESS_REFUSED:
            raise
        look(connection, topology)


def make(connection: BlockingConnection, topology: Topology) -> None:
    """Make all of it. Raises pika's ChannelClosedByBroker, also when this user may not."""
    with connection.channel() as channel:
        for exchange in topology.exchanges:
            channel.exchange_declare(exchange.name, exchange.kind, durable=True)
        for queue in topology.queues:
            channel.queue_declare(queue.name, durable=True, arguments=queue.arguments)
            for binding in queue.bindings:
                channel.queue_bind(queue.name, binding.exchange, binding.key)


def look(connection: BlockingConnection, topology: Topology) -> None:
    """See that all of it is there, which anybody may. Raises pika's ChannelClosedByBroker."""
    with connection.channel() as channel:
        for exchange in topology.exchanges:
            channel.exchange_declare(exchange.name, passive=True)
        for queue in topology.queues:
            channel.queue_declare(queue.name, passive=True)


def _parameters(url: str) -> pika.URLParameters:
    made = pika.URLParameters(url)
    made.heartbeat = 30
    made.blocked_connection_timeout = 30
    made.socket_timeout = 5
    made.stack_timeout = 10
    made.connection_attempts = 1
    return made
