"""The whole story of a case on both columns, with real processes and nothing in between."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from office import Office, create_accounts, embedded, on_servers
from story import walk


@pytest.fixture
def office_without_servers(tmp_path: Path) -> Iterator[Office]:
    """`acogida run` on SQLite, as a real office starts: without the demonstration."""
    with embedded(tmp_path) as office:
        create_accounts(office)
        yield office


@pytest.fixture
def office_on_servers(
    tmp_path: Path, pg_pattern: str, amqp_as: Callable[[str], str], redis_url: str
) -> Iterator[Office]:
    """A web, a bus and a jobs process a service, on PostgreSQL, RabbitMQ and Redis."""
    with on_servers(tmp_path, pg_pattern, amqp_as, redis_url) as office:
        create_accounts(office)
        yield office


def test_the_story_without_servers(office_without_servers: Office) -> None:
    walk(office_without_servers)


def test_the_story_on_servers(office_on_servers: Office) -> None:
    walk(office_on_servers)
