"""The exchanges and queues of the bus on RabbitMQ, declared by every process that uses them.

acogida.eventos     topic: every fact, routing key `<servicio>.<agregado>.<hecho>`
acogida.reservados  topic: reserved facts, read by our own services only
acogida.muertas     direct: what ingest could not read
<servicio>.eventos  quorum: what one service hears; its bindings are its handlers' keys
<servicio>.muerta   quorum: what was no fact at all
auditoria.eventos   quorum: the latest facts of all; because it takes any key, a message that
                    RabbitMQ returns as unroutable always means a broken topology
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

import pika
from pika.adapters.blocking_connection import BlockingChannel

from oficina.bus.inbox import Handlers

EVENTOS = "acogida.eventos"
RESERVADOS = "acogida.reservados"
MUERTAS = "acogida.muertas"
AUDITORIA = "auditoria.eventos"

# The last net only: it counts crashes of the reader too, and what cannot be read is sent to the
# dead-letter queue at once.
DELIVERY_LIMIT = 1000
AUDITORIA_LENGTH = 100_000


def amqp_urls(url: str) -> list[str]:
    """One URL a host of `amqp://user:password@host1:5672,host2:5672/vhost`."""
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    return [parts._replace(netloc=f"{user}{at}{host}").geturl() for host in hosts.split(",")]


def parameters(url: str) -> list[pika.URLParameters]:
    """How to connect to each host: a dead one is noticed within 30 s, a slow one within 5 s."""
    return [_parameters(one) for one in amqp_urls(url)]


def declare(url: str, todos: Iterable[Handlers]) -> None:
    """Declare everything for all services, so that no fact is published before its reader's queue.

    May be called again. Raises pika's AMQPError when no host answers.
    """
    with pika.BlockingConnection(parameters(url)) as connection:
        channel = connection.channel()
        declare_exchanges(channel)
        for handlers in todos:
            declare_queue(channel, handlers)


def declare_exchanges(channel: BlockingChannel) -> None:
    """The exchanges, and the queue that takes every fact."""
    channel.exchange_declare(EVENTOS, "topic", durable=True)
    channel.exchange_declare(RESERVADOS, "topic", durable=True)
    channel.exchange_declare(MUERTAS, "direct", durable=True)
    channel.queue_declare(
        AUDITORIA,
        durable=True,
        arguments={
            "x-queue-type": "quorum",
            "x-max-length": AUDITORIA_LENGTH,
            "x-overflow": "drop-head",
        },
    )
    for exchange in (EVENTOS, RESERVADOS):
        channel.queue_bind(AUDITORIA, exchange, "#")


def declare_queue(channel: BlockingChannel, handlers: Handlers) -> None:
    """The queues of one service; the dead-letter one first, or its first letters would wait."""
    muerta = muerta_of(handlers)
    channel.queue_declare(muerta, durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind(muerta, MUERTAS, muerta)
    queue = queue_of(handlers)
    channel.queue_declare(
        queue,
        durable=True,
        arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": MUERTAS,
            "x-dead-letter-routing-key": muerta,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
            "x-single-active-consumer": True,
        },
    )
    for key in handlers.binding_keys():
        for exchange in (EVENTOS, RESERVADOS):
            channel.queue_bind(queue, exchange, key)


def queue_of(handlers: Handlers) -> str:
    """The queue that one service reads."""
    return f"{handlers.consumidor}.eventos"


def muerta_of(handlers: Handlers) -> str:
    """The queue of what one service could not read."""
    return f"{handlers.consumidor}.muerta"


def _parameters(url: str) -> pika.URLParameters:
    made = pika.URLParameters(url)
    made.heartbeat = 30
    made.blocked_connection_timeout = 30
    made.socket_timeout = 5
    made.stack_timeout = 10
    made.connection_attempts = 1
    return made
