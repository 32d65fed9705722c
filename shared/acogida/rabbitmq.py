"""What is wrong with RabbitMQ, or with our way to it, and what to do: for `acogida`'s users.

Who declares: `acogida migrate`, or the broker itself when it imports the definitions. A process of
a service only looks, here, before it starts.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import (
    AMQPError,
    AuthenticationError,
    ChannelClosedByBroker,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)

from acogida.definitions import MARK, mark, office
from acogida.services import load
from oficina.bus import broker, topology
from oficina.bus.definitions import MAKER
from oficina.bus.topology import EVENTOS, MUERTAS, RESERVADOS, Queue

_IMPORT = "importe deploy/rabbitmq/definitions.json (docs/operacion.md)"

Attempt = Callable[[BlockingChannel], None]
"""Something that a process does, in a way that leaves no trace. Raises ChannelClosedByBroker."""


class Cura(Enum):
    """What makes a mistake go away."""

    TIEMPO = auto()
    """RabbitMQ does not answer; it may be starting."""
    MIGRAR = auto()
    """`acogida migrate`, which may be on its way."""
    PERSONA = auto()
    """Somebody who changes a setting or the broker."""


@dataclass(frozen=True)
class Error:
    """Something that is wrong with RabbitMQ or with our way to it, and what to do."""

    texto: str
    cura: Cura


class RabbitMQMal(Exception):
    """RabbitMQ cannot be used as it is."""

    def __init__(self, error: Error) -> None:
        super().__init__(error.texto)
        self.error = error


def declare(url: str) -> None:
    """Have everything there, and the mark. May be called again. Raises RabbitMQMal."""
    described = office()
    try:
        with _quiet(), broker.connect(broker.parameters(url)) as connection:
            broker.have(connection, described)
            broker.have(connection, mark(described))
    except AMQPError as error:
        raise RabbitMQMal(_named(error, broker.parameters(url)[0])) from error


def errores(url: str, *servicios: str) -> list[Error]:
    """What would keep these services from telling, hearing and doing their jobs.

    Changes nothing and takes no message. Each host is tried; one that does not answer is named,
    though the others may be enough.
    """
    attempts = [attempt for name in servicios for attempt in (*_of_bus(name), *_of_jobs(name))]
    return _errores(url, [*_of_all(), *attempts])


def errores_del_bus(url: str, servicio: str) -> list[Error]:
    """What would keep a service from telling and hearing; as `errores`."""
    return _errores(url, [*_of_all(), *_of_bus(servicio)])


def errores_de_tareas(url: str, servicio: str) -> list[Error]:
    """What would keep a service from doing its jobs; as `errores`."""
    return _errores(url, list(_of_jobs(servicio)))


def _errores(url: str, attempts: Sequence[Attempt]) -> list[Error]:
    found: list[Error] = []
    looked = False
    for where in broker.parameters(url):
        try:
            with _quiet(), broker.connect([where]) as connection:
                if not looked:
                    looked = True
                    found += filter(None, (_try(connection, where, each) for each in attempts))
        except AMQPError as error:
            found.append(_named(error, where))
    return list(dict.fromkeys(found))


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing of pika in the log: what RabbitMQ answers is named here."""
    logger = logging.getLogger("pika")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _of_all() -> Iterator[Attempt]:
    for exchange in topology.COMMON.exchanges:
        yield partial(_look, exchange.name)
    for exchange in mark(office()).exchanges:
        yield partial(_look, exchange.name)


def _of_bus(servicio: str) -> Iterator[Attempt]:
    handlers = load(servicio).handlers
    tareas = topology.tasks_queue(servicio)
    for queue in topology.own(handlers).queues:
        if queue != tareas:
            yield from (partial(_compare, queue), partial(_read, queue))
    for name in (EVENTOS, RESERVADOS):
        yield partial(_write, name, f"{servicio}.doctor")
    yield partial(_write, MUERTAS, f"{servicio}.muerta")


def _of_jobs(servicio: str) -> Iterator[Attempt]:
    queue = topology.tasks_queue(servicio)
    yield partial(_compare, queue)
    yield partial(_read, queue)
    yield partial(_write, topology.tasks_exchange(servicio).name, queue.name)


def _look(exchange: str, channel: BlockingChannel) -> None:
    channel.exchange_declare(exchange, passive=True)


def _compare(queue: Queue, channel: BlockingChannel) -> None:
    # Looked for first: declaring one that is not there would make it.
    channel.queue_declare(queue.name, passive=True)
    channel.queue_declare(queue.name, durable=True, arguments=queue.arguments)


def _read(queue: Queue, channel: BlockingChannel) -> None:
    """Ask for messages with an argument that RabbitMQ refuses once it has seen the permission."""
    try:
        channel.basic_consume(queue.name, _nothing, arguments={"x-priority": "ninguna"})
    except ChannelClosedByBroker as error:
        if error.reply_code != pika.spec.PRECONDITION_FAILED:
            raise


def _nothing(*_message: object) -> None:
    """Nobody is called: no message is ever asked for."""


def _write(exchange: str, key: str, channel: BlockingChannel) -> None:
    """Publish in a transaction that is rolled back: only the permission is seen."""
    channel.tx_select()
    channel.basic_publish(exchange, key, b"")
    channel.tx_rollback()


def _try(
    connection: BlockingConnection, where: pika.URLParameters, attempt: Attempt
) -> Error | None:
    try:
        with connection.channel() as channel:
            attempt(channel)
    except ChannelClosedByBroker as error:
        return _named(error, where)
    return None


def _named(error: AMQPError, where: pika.URLParameters) -> Error:
    """An answer of RabbitMQ, or the lack of one, in words."""
    user = getattr(where.credentials, "username", "")
    if isinstance(error, ChannelClosedByBroker):
        return _refused(error, user)
    if isinstance(error, (ProbableAuthenticationError, AuthenticationError)):
        return Error(
            f"no acepta al usuario «{user}» con esa clave; revise ACOGIDA_AMQP_URL, o cámbiela en "
            f"el broker (rabbitmqctl change_password {user})",
            Cura.PERSONA,
        )
    if isinstance(error, ProbableAccessDeniedError):
        return Error(
            f"el usuario «{user}» no puede entrar al vhost «{where.virtual_host}», o este no "
            f"existe; revise el final de ACOGIDA_AMQP_URL, o {_IMPORT}",
            Cura.PERSONA,
        )
    return Error(
        f"no responde en {where.host}:{where.port} ({_kind(error)}); revise ACOGIDA_AMQP_URL y "
        "que esté arriba",
        Cura.TIEMPO,
    )


def _refused(error: ChannelClosedByBroker, user: str) -> Error:
    said = error.reply_text.partition(" - ")[2] or error.reply_text
    if MARK in said:
        return Error(
            "sus colas y enlaces no son los de esta versión; ejecute `acogida migrate` con el "
            f"usuario «{MAKER}»",
            Cura.MIGRAR,
        )
    if error.reply_code == pika.spec.NOT_FOUND and said.startswith("no "):
        return Error(
            f"falta algo ({said}); ejecute `acogida migrate` con el usuario «{MAKER}»",
            Cura.MIGRAR,
        )
    if error.reply_code == pika.spec.ACCESS_REFUSED:
        return Error(f"al usuario «{user}» le falta un permiso ({said}); {_IMPORT}", Cura.PERSONA)
    if error.reply_code == pika.spec.PRECONDITION_FAILED:
        return Error(
            f"algo existe con otra forma ({said}); bórrelo cuando no le queden mensajes y ejecute "
            "`acogida migrate` (docs/operacion.md)",
            Cura.PERSONA,
        )
    # Such as a quorum queue most of whose nodes are down.
    return Error(f"no puede ahora ({said}); vea si sus nodos están arriba", Cura.TIEMPO)


def _kind(error: AMQPError) -> str:
    cause = error.args[0] if error.args else error
    return type(getattr(cause, "exception", cause)).__name__
