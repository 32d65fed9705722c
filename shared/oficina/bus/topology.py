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

From the description come what a broker is made to have (broker.py) and its definitions
(definitions.py).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

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


def vhost_of(url: str) -> str:
    """The virtual host that it names; the broker's own when it names none."""
    return unquote(urlsplit(url).path[1:]) or "/"
