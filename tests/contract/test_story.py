"""The whole story of a case on both columns, with real processes and nothing in between."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from office import Office, create_accounts, embedded, on_servers, wait_until
from oficina.settings import SERVICES
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
    operate(office_without_servers)


def test_the_story_on_servers(office_on_servers: Office) -> None:
    walk(office_on_servers)
    operate(office_on_servers)


def operate(office: Office) -> None:
    """An operator sees all services, and has one hear again what another told."""
    asked = {"consumidor": "reportes", "productor": "casos", "tipo": "casos.caso.abierto"}
    asked |= {"nota": "las cifras se leyeron mal", "paso": "hacer"}
    with office.client("administrador") as operator:
        page = operator.get("/eventos/operacion").text
        done = operator.post("/eventos/operacion/repetir", data=asked)
        told = operator.get("/eventos/operacion").text

        def is_done() -> bool:
            summary = operator.get("/reportes/api/v1/bus").json()["resumen"]
            return bool(summary["por_hacer"] == summary["muertos"] == 0)

        wait_until("running again", is_done)

    assert all(f'href="/eventos/operacion/{servicio}"' in page for servicio in SERVICES)
    assert done.headers["location"] == "/eventos/operacion"
    assert re.search(r"reportes hace otra vez [1-9]\d* hecho", told)
