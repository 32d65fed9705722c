"""What every test may ask for: real servers, and databases of its own in them."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pika
import psycopg
import pytest
import redis
from hypothesis import HealthCheck, settings
from psycopg import sql

import servers
from oficina.settings import SERVICES

# How fast a machine draws examples under load says nothing about the rule that they try.
settings.register_profile("oficina", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("oficina")

SERVER_FIXTURES = {"fresh_pg", "pg_pattern", "amqp_url", "redis_url"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server or a browser, so that `make test-embedded` can leave it out."""
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
def rabbitmq_server() -> Iterator[str]:
    """URL of the session's RabbitMQ."""
    with servers.rabbitmq() as url:
        yield url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """URL of the session's Redis."""
    with servers.redis_server() as url:
        yield url


@pytest.fixture
def fresh_pg(postgres_server: str) -> Iterator[Callable[[], str]]:
    """Make new empty databases; each call answers the postgresql:// URL of one."""
    made: list[str] = []

    def make() -> str:
        made.append(f"prueba_{uuid4().hex}")
        _create(postgres_server, made[-1])
        return _database(postgres_server, made[-1])

    yield make
    for name in made:
        _drop(postgres_server, name)


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
def amqp_url(rabbitmq_server: str) -> Iterator[str]:
    """A RabbitMQ without any queue or exchange of ours, before and after."""
    _empty_rabbitmq(rabbitmq_server)
    yield rabbitmq_server
    _empty_rabbitmq(rabbitmq_server)


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """An empty Redis."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushdb()
    return redis_server


def _database(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _create(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(name)
            )
        )


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _empty_rabbitmq(url: str) -> None:
    queues = [f"{service}.{use}" for service in SERVICES for use in ("eventos", "muerta", "tareas")]
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    for queue in [*queues, "auditoria.eventos"]:
        channel.queue_delete(queue)
    for exchange in ("acogida.eventos", "acogida.reservados", "acogida.muertas"):
        channel.exchange_delete(exchange)
    connection.close()
