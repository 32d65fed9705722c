"""What every test may ask for: real servers, and databases of its own in them."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import jinja2
import psycopg
import pytest
import redis
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

import columns
import registros
import servers
from acogida.definitions import mark, office
from identidad import secretos
from oficina import telemetry
from oficina.db import Database
from oficina.migrations import migrate
from oficina.settings import SERVICES
from oficina.web.app import ServiceApp
from servers import Broker, connected

# How fast a machine draws examples under load says nothing about the rule that they try.
settings.register_profile("oficina", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("oficina")

SERVER_FIXTURES = {"postgres_server", "rabbitmq_server", "redis_server"}

pytest_runtest_makereport = registros.pytest_runtest_makereport
"""What tests write is looked through: logs carry no personal data."""

LONGEST_FIRST = ["chaos", "containers", "e2e", "fuzz", "contract", "unit"]
"""The order in which workers take the folders: what is begun last must not last."""
SHARED = {"TEST_AMQP_URL", "TEST_REDIS_URL"}
"""Servers that tests empty. Without these names each worker has its own."""
ONE_BY_ONE = {"tests/e2e/test_pages.py"}
"""Files so long that their tests are spread too: each needs only what every worker has."""
RESTING = "+sbwt none +sbwtdcpu none +sbwtdio none"
"""Erlang's words for threads that rest while they have no work: other tests need the cores."""


@event.listens_for(Engine, "before_execute")
def nobody_locks_in_a_look(connection: Connection, statement: object, *_rest: object) -> None:
    """SQLite passes over FOR UPDATE, which PostgreSQL refuses where nothing may be written."""
    asks = getattr(statement, "_for_update_arg", None) is not None
    assert not (asks and connection.get_execution_options().get("oficina_read")), str(statement)


class ByFile(LoadScopeScheduling):
    """Which tests `pytest -n` gives to one worker: those of a file, which share what it makes.

    What may empty a server that the workers share is one at a time.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        if path in ONE_BY_ONE:
            return nodeid
        shared = SHARED & os.environ.keys() and _folder(path) == "contract"
        return _folder(path) if shared else path


class Compiled(jinja2.BytecodeCache):
    """Templates that one application compiled, for the next of the hundreds that tests make."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Take what is kept; one whose source has changed since refuses itself."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


def pytest_configure() -> None:
    """Tests log as the office does, without the value of any variable; their servers rest.

    What is slow on purpose (argon2) is not slow here, and what is made anew for each application is
    made once: a third of what the unit tests took.
    """
    secretos._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    ServiceApp.jinja_options = {"bytecode_cache": Compiled()}
    telemetry.configure_logging("WARNING")
    os.environ.setdefault("TEST_ERL_ARGS", RESTING)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """How `pytest -n` spreads tests."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


def _folder(path: str) -> str:
    """The folder of tests/ that a file is in."""
    return path.split("/")[1]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs a server or a browser, so that `make test-embedded` can leave it out.

    And have workers begin with what lasts longest; within a folder, chance decides as always.
    """
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: LONGEST_FIRST.index(_folder(item.nodeid)))
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if SERVER_FIXTURES.intersection(fixtures):
            item.add_marker("servers")
        if "browser" in fixtures:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of the session's PostgreSQL."""
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def rabbitmq_server() -> Iterator[Broker]:
    """The session's RabbitMQ."""
    with servers.broker() as broker:
        yield broker


@pytest.fixture(scope="session")
def rabbitmq_admin(rabbitmq_server: Broker) -> Iterator[Broker]:
    """One whose users a test may change: the session's, or one beside it."""
    if rabbitmq_server.tool:
        yield rabbitmq_server
        return
    with servers.own_rabbitmq() as node:
        yield node.broker


@pytest.fixture(scope="session")
def rabbitmq_users(rabbitmq_server: Broker) -> Callable[[str], str]:
    """The session's RabbitMQ as the user of a service, who may do what production lets it do."""
    if not rabbitmq_server.tool:
        return lambda _service: rabbitmq_server.url
    servers.with_users(rabbitmq_server, rabbitmq_server.vhost)
    return partial(servers.url_of_user, rabbitmq_server, rabbitmq_server.vhost)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """URL of the session's Redis."""
    with servers.redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def pg_template(postgres_server: str) -> Iterator[Callable[[str], str]]:
    """The name of a PostgreSQL database with the tables of a service, to be copied."""
    made: dict[str, str] = {}

    def template(servicio: str) -> str:
        if servicio not in made:
            made[servicio] = f"plantilla_{uuid4().hex}"
            _create(postgres_server, made[servicio])
            db = Database(columns.driven(_database(postgres_server, made[servicio])))
            migrate(servicio, db)
            db.close()
        return made[servicio]

    yield template
    for name in made.values():
        _drop(postgres_server, name)


@pytest.fixture
def fresh_db(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str, str], Database]]:
    """Make the database of a service on a column: every table, and nothing in them."""
    with ExitStack() as stack:

        def make(column: str, servicio: str) -> Database:
            if column == "sqlite":
                return _open(stack, columns.file_in(tmp_path, servicio))
            template = request.getfixturevalue("pg_template")(servicio)
            return _open(stack, _copy(request, stack, template))

        yield make


@pytest.fixture
def empty_db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Database]]:
    """Make a database without any table on a column."""
    with ExitStack() as stack:

        def make(column: str) -> Database:
            if column == "sqlite":
                return _open(stack, f"sqlite:///{tmp_path / uuid4().hex}.db")
            return _open(stack, _copy(request, stack, "template0"))

        yield make


@pytest.fixture
def pg_pattern(postgres_server: str) -> Iterator[str]:
    """A database a service, as a URL with {servicio} in it."""
    stem = f"prueba_{uuid4().hex}"
    for service in SERVICES:
        _create(postgres_server, f"{stem}_{service}")
    yield _database(postgres_server, f"{stem}_{{servicio}}")
    for service in SERVICES:
        _drop(postgres_server, f"{stem}_{service}")


@pytest.fixture
def amqp_url(rabbitmq_server: Broker) -> Iterator[str]:
    """A RabbitMQ without any queue or exchange of ours, before and after."""
    _empty_rabbitmq(rabbitmq_server.url)
    yield rabbitmq_server.url
    _empty_rabbitmq(rabbitmq_server.url)


@pytest.fixture
def amqp_as(amqp_url: str, rabbitmq_users: Callable[[str], str]) -> Callable[[str], str]:
    """The same as `amqp_url`, as the user of a service."""
    return rabbitmq_users


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """An empty Redis."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushdb()
    return redis_server


def _open(stack: ExitStack, url: str) -> Database:
    made = Database(url)
    stack.callback(made.close)
    return made


def _copy(request: pytest.FixtureRequest, stack: ExitStack, template: str) -> str:
    """The URL of a database of the session's PostgreSQL like `template`, until the test ends."""
    server, name = request.getfixturevalue("postgres_server"), f"prueba_{uuid4().hex}"
    stack.callback(_drop, server, name)
    _create(server, name, template)
    return columns.driven(_database(server, name))


def _database(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _create(server: str, name: str, template: str = "template0") -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _empty_rabbitmq(url: str) -> None:
    described = office()
    described += mark(described)
    with connected(url) as connection:
        channel = connection.channel()
        for queue in described.queues:
            channel.queue_delete(queue.name)
        for exchange in described.exchanges:
            channel.exchange_delete(exchange.name)
