"""RabbitMQ as production has it: narrow users, and each mistake named with what to do about it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

import columns
from acogida import definitions as office_definitions
from acogida import rabbitmq
from acogida.cli import main
from acogida.rabbitmq import Cura, RabbitMQMal
from oficina.bus import broker, catalogue, topology
from oficina.bus.definitions import MAKER
from oficina.bus.inbox import Handlers
from oficina.bus.ingest import AmqpIngest
from oficina.db import Database
from oficina.events.agenda import CitaAgendada
from oficina.settings import SERVICES
from servers import Broker, connected, free_port, url_of_user, with_users

UrlAs = Callable[[str], str]


@pytest.fixture(scope="module")
def vhost(rabbitmq_admin: Broker) -> Iterator[str]:
    """A virtual host that a broker filled from the definitions, as at its first start."""
    name = f"prueba-{uuid4().hex}"
    with_users(rabbitmq_admin, name, office=True)
    yield name
    rabbitmq_admin.ctl("delete_vhost", name)


@pytest.fixture(scope="module")
def url_as(rabbitmq_admin: Broker, vhost: str) -> UrlAs:
    return partial(url_of_user, rabbitmq_admin, vhost)


@pytest.fixture
def broken(url_as: UrlAs) -> Iterator[BlockingChannel]:
    """A channel of the one who makes the topology, to break it; it is mended afterwards."""
    with connected(url_as(MAKER)) as connection:
        channel = connection.channel()
        yield channel
        channel.queue_delete("casos.eventos")
        channel.queue_delete("casos.muerta")
    rabbitmq.declare(url_as(MAKER))


def _texts(url: str, *services: str) -> str:
    return "\n".join(error.texto for error in rabbitmq.errores(url, *services))


def test_what_a_broker_imports_is_what_migrate_declares(
    rabbitmq_admin: Broker, vhost: str, url_as: UrlAs
) -> None:
    def there() -> list[str]:
        asked = (
            ("list_exchanges", "name", "type", "durable"),
            ("list_queues", "name", "arguments", "durable"),
            ("list_bindings", "source_name", "destination_name", "routing_key"),
        )
        return [
            line
            for what, *columns in asked
            for line in sorted(rabbitmq_admin.ctl(what, "-p", vhost, *columns).splitlines())
        ]

    imported = there()
    rabbitmq.declare(url_as(MAKER))

    assert there() == imported
    described = office_definitions.office()
    assert {exchange.name for exchange in described.exchanges} <= {
        line.split("\t")[0] for line in imported
    }
    assert {
        f"{binding.exchange}\t{queue.name}\t{binding.key}"
        for queue in described.queues
        for binding in queue.bindings
    } <= set(imported)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_do_its_own_work(url_as: UrlAs, service: str) -> None:
    assert rabbitmq.errores(url_as(service), service) == []


def _publish(exchange: str, key: str) -> Callable[[BlockingChannel], object]:
    def attempt(channel: BlockingChannel) -> None:
        channel.confirm_delivery()
        channel.basic_publish(exchange, key, b"")

    return attempt


FORBIDDEN: dict[str, Callable[[BlockingChannel], object]] = {
    "tell a fact of another": _publish(topology.EVENTOS, "agenda.cita.agendada"),
    "tell a reserved fact of another": _publish(topology.RESERVADOS, "agenda.cita.agendada"),
    "write into any queue": _publish("", "agenda.eventos"),
    "nudge another's jobs": _publish("agenda.tareas", "agenda.tareas"),
    "read another's queue": lambda channel: channel.basic_get("agenda.eventos"),
    "read what all told": lambda channel: channel.basic_get(topology.AUDITORIA),
    "empty another's queue": lambda channel: channel.queue_purge("agenda.eventos"),
    "delete another's queue": lambda channel: channel.queue_delete("agenda.eventos"),
    "make a queue": lambda channel: channel.queue_declare("casos.otra"),
    "hear more": lambda channel: channel.queue_bind("casos.eventos", topology.RESERVADOS, "#"),
    "remove an exchange": lambda channel: channel.exchange_delete(topology.EVENTOS),
}


@pytest.mark.parametrize("attempt", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_service_may_do_nothing_else(
    url_as: UrlAs, attempt: Callable[[BlockingChannel], object]
) -> None:
    with (
        connected(url_as("casos")) as connection,
        pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"),
    ):
        attempt(connection.channel())


def test_who_makes_the_queues_tells_nothing(url_as: UrlAs) -> None:
    with (
        connected(url_as(MAKER)) as connection,
        pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"),
    ):
        _publish(topology.EVENTOS, "casos.caso.abierto")(connection.channel())


@contextmanager
def _permissions(broker: Broker, vhost: str, *patterns: str) -> Iterator[None]:
    """A user called nadie, who may configure, write and read what the patterns say."""
    broker.ctl("add_user", "nadie", "clave-de-nadie")
    broker.ctl("set_permissions", "-p", vhost, "nadie", *patterns)
    yield
    broker.ctl("delete_user", "nadie")


def test_queues_of_departments_have_limits(
    rabbitmq_admin: Broker, vhost: str, url_as: UrlAs
) -> None:
    with _permissions(rabbitmq_admin, vhost, r"^ext\.", "^$", "^$"):
        with connected(url_as("nadie")) as connection:
            quorum = {"x-queue-type": "quorum"}
            connection.channel().queue_declare("ext.salud", durable=True, arguments=quorum)
        listed = rabbitmq_admin.ctl("list_queues", "-p", vhost, "name", "policy")
        policies = dict(line.split("\t") for line in listed.splitlines())
        assert policies["ext.salud"] == "externas"
        assert not policies["casos.eventos"]


def test_a_host_that_does_not_answer_is_named(url_as: UrlAs) -> None:
    host = url_as("casos").rpartition("@")[2]
    away = f"127.0.0.1:{free_port()}"
    two = url_as("casos").replace(host, f"{away},{host}")
    nobody = url_as("casos").replace(host, f"rabbit.nowhere.invalid:5672/{host.partition('/')[2]}")

    (only_one,) = rabbitmq.errores(two, "casos")
    (unknown,) = rabbitmq.errores(nobody, "casos")

    assert f"no responde en {away} (ConnectionRefusedError)" in only_one.texto
    assert "no responde en rabbit.nowhere.invalid:5672" in unknown.texto
    assert only_one.cura is unknown.cura is Cura.TIEMPO


def test_a_wrong_password_is_named(url_as: UrlAs) -> None:
    (error,) = rabbitmq.errores(url_as("casos").replace("clave-de-casos", "otra"), "casos")
    assert "no acepta al usuario «casos»" in error.texto
    assert error.cura is Cura.PERSONA


def test_a_wrong_virtual_host_is_named(rabbitmq_admin: Broker, vhost: str, url_as: UrlAs) -> None:
    rabbitmq_admin.ctl("add_user", "nadie", "clave-de-nadie")
    found = [
        *rabbitmq.errores(url_as("casos").replace(vhost, "ninguno"), "casos"),
        *rabbitmq.errores(url_as("nadie"), "casos"),
    ]
    rabbitmq_admin.ctl("delete_user", "nadie")

    assert [error.cura for error in found] == [Cura.PERSONA] * 2
    assert "no puede entrar al vhost «ninguno»" in found[0].texto
    assert f"no puede entrar al vhost «{vhost}»" in found[1].texto


def test_a_missing_exchange_is_named_and_migrate_makes_it(
    broken: BlockingChannel, url_as: UrlAs
) -> None:
    broken.exchange_delete(topology.RESERVADOS)

    said = _texts(url_as("casos"), "casos")
    rabbitmq.declare(url_as(MAKER))

    assert f"no exchange '{topology.RESERVADOS}'" in said
    assert "`acogida migrate`" in said
    assert rabbitmq.errores(url_as("casos"), "casos") == []


def test_a_missing_queue_is_named_and_not_made_by_looking(
    broken: BlockingChannel, url_as: UrlAs
) -> None:
    broken.queue_delete("casos.eventos")

    (error,) = rabbitmq.errores(url_as("casos"), "casos")
    (again,) = rabbitmq.errores(url_as("casos"), "casos")

    assert "no queue 'casos.eventos'" in error.texto
    assert error.cura is Cura.MIGRAR
    assert again == error


def test_queues_of_another_version_are_named(broken: BlockingChannel, url_as: UrlAs) -> None:
    (stamp,) = office_definitions.mark(office_definitions.office()).exchanges
    broken.exchange_delete(stamp.name)

    (error,) = rabbitmq.errores(url_as("casos"), "casos")
    with pytest.raises(RabbitMQMal, match=f"con el usuario «{MAKER}»"):
        rabbitmq.declare(url_as("casos"))
    rabbitmq.declare(url_as(MAKER))

    assert "no son los de esta versión" in error.texto
    assert rabbitmq.errores(url_as("casos"), "casos") == []
    rabbitmq.declare(url_as("casos"))  # sees that all is there


@pytest.mark.parametrize(
    ("queue", "change", "said"),
    [
        ("casos.muerta", {"x-queue-type": "classic"}, "'quorum' but current is 'classic'"),
        ("casos.eventos", {"x-delivery-limit": 5}, "'1000' but current is '5'"),
        ("casos.eventos", {"x-overflow": "drop-head"}, "x-overflow"),
    ],
    ids=["type", "limit", "overflow"],
)
def test_a_queue_of_another_kind_is_named(
    broken: BlockingChannel, url_as: UrlAs, queue: str, change: dict[str, object], said: str
) -> None:
    _declare_otherwise(broken, queue, change)

    (error,) = rabbitmq.errores(url_as("casos"), "casos")
    with pytest.raises(RabbitMQMal, match="existe con otra forma"):
        rabbitmq.declare(url_as(MAKER))

    assert said in error.texto
    assert error.cura is Cura.PERSONA


def _declare_otherwise(channel: BlockingChannel, name: str, change: dict[str, object]) -> None:
    (queue,) = (one for one in office_definitions.office().queues if one.name == name)
    channel.queue_delete(name)
    channel.queue_declare(name, durable=True, arguments={**queue.arguments, **change})


def test_a_missing_permission_is_named(rabbitmq_admin: Broker, vhost: str, url_as: UrlAs) -> None:
    with _permissions(rabbitmq_admin, vhost, "^$", r"^casos\.tareas$", "^$"):
        said = _texts(url_as("nadie"), "casos")

    refused = f"in vhost '{vhost}' refused for user 'nadie'"
    for exchange in (topology.EVENTOS, topology.RESERVADOS, topology.MUERTAS):
        assert f"exchange '{exchange}' {refused}" in said
    for queue in ("casos.eventos", "casos.tareas"):
        assert f"queue '{queue}' {refused}" in said
    assert "importe deploy/rabbitmq/definitions.json" in said


def test_a_missing_topic_permission_is_named(url_as: UrlAs) -> None:
    said = _texts(url_as("agenda"), "casos")
    assert f"topic 'casos.doctor' in exchange '{topology.EVENTOS}'" in said


def test_a_user_who_may_not_declare_reads_and_tells_all_the_same(url_as: UrlAs) -> None:
    handlers = [*office_definitions.all_handlers()]
    broker.declare(url_as("casos"), handlers)
    with connected(url_as("casos")) as connection:
        channel = connection.channel()
        broker.declare_exchanges(channel)
        broker.declare_queue(channel, handlers[SERVICES.index("casos")])
        channel.confirm_delivery()
        channel.basic_publish(topology.EVENTOS, "casos.prueba.hecha", b"", mandatory=True)


class _Pauses(threading.Event):
    """A stop that takes no pause: what is to happen instead of each of them; then it is set."""

    def __init__(self, *instead: Callable[[], object]) -> None:
        super().__init__()
        self.asked: list[float] = []
        self._instead = iter(instead)

    def wait(self, timeout: float | None = None) -> bool:
        self.asked.append(timeout or 0.0)
        next(self._instead, self.set)()
        return self.is_set()


def test_a_reader_who_is_not_let_in_asks_less_often_until_it_reads(
    rabbitmq_admin: Broker, vhost: str, url_as: UrlAs, tmp_path: Path
) -> None:
    db = Database(columns.file_in(tmp_path, "casos"))
    handlers = Handlers("casos")
    handlers.on(CitaAgendada)(lambda _session, _hecho, _sobre: None)

    def cut_off_once_it_has_read() -> None:
        db.inbox_changed.wait(0, 60)
        rabbitmq_admin.ctl("close_all_connections", "-p", vhost, "a test")

    cut_off = threading.Thread(target=cut_off_once_it_has_read)

    def let_it_in() -> None:
        rabbitmq_admin.ctl("set_permissions", "-p", vhost, "nadie", "^$", "^$", ".*")
        with connected(url_as("agenda")) as connection:
            fact = json.dumps(catalogue.example(CitaAgendada)).encode()
            connection.channel().basic_publish(topology.EVENTOS, CitaAgendada.tipo, fact)
        cut_off.start()

    stop = _Pauses(*[lambda: None] * 5, let_it_in)
    with _permissions(rabbitmq_admin, vhost, "^$", "^$", "^$"):
        AmqpIngest(url_as("nadie"), db, handlers).run(stop)
        cut_off.join()
    db.close()

    *_, refused_often, lost_once = stop.asked
    assert len(stop.asked) == 7
    assert refused_often >= 0.5
    assert lost_once <= 0.2


@pytest.fixture
def environment(
    url_as: UrlAs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    monkeypatch.setenv("DATOS", str(tmp_path))
    monkeypatch.setenv("ACOGIDA_AMQP_URL", url_as("casos"))
    monkeypatch.setenv("ACOGIDA_DATABASE_URL", "postgresql://nadie@127.0.0.1:9/casos")
    return monkeypatch


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_doctor_names_what_is_wrong_in_rabbitmq(
    environment: pytest.MonkeyPatch, broken: BlockingChannel, url_as: UrlAs
) -> None:
    assert "✓ RabbitMQ" in _run("doctor", "casos").output
    _declare_otherwise(broken, "casos.muerta", {"x-queue-type": "classic"})

    answer = _run("doctor", "casos")

    assert answer.exit_code == 1
    assert "✗ RabbitMQ" in answer.output
    assert "current is 'classic'" in answer.output


def test_migrate_says_at_once_what_waiting_does_not_mend(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ACOGIDA_AMQP_URL", os.environ["ACOGIDA_AMQP_URL"].replace("clave", "otra"))
    answer = _run("migrate", "--esperar", "600")
    assert answer.exit_code == 1
    assert "no acepta al usuario «casos»" in answer.output


def test_a_process_says_why_it_does_not_start(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ACOGIDA_SERVICE_URL", "http://127.0.0.1:9")
    acogida = Path(sys.executable).with_name("acogida")
    processes = [
        subprocess.Popen(
            [acogida, kind, "agenda"],
            env={**os.environ, "PORT": str(free_port())},
            stderr=subprocess.PIPE,
            text=True,
        )
        for kind in ("bus", "jobs")
    ]
    for process in processes:
        _, said = process.communicate(timeout=60)
        assert process.returncode != 0
        assert "RabbitMQ: al usuario «casos» le falta un permiso" in said
        assert "Traceback" not in said
