"""A broker that is asked to have the topology there, or looked at."""

from collections.abc import Iterable

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker

from oficina.bus.inbox import Handlers
from oficina.bus.topology import COMMON, Topology, amqp_urls, own, whole


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
