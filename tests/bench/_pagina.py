"""How long the page of a case takes with two hundred entries in its story, on PostgreSQL.

Everything is written over the API and the page is asked as a browser does, without the web server
and the network.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from flask.testing import FlaskClient

import columns
import servers
from bench._buscar import desk_of, p95
from bench.result import Result
from oficina.db import Database
from oficina.migrations import migrate
from oficina.privacy import Keyring
from oficina.settings import Settings

ENTRIES = 200
LOOKS, WARM = 100, 5


def measure() -> Iterator[Result]:
    """The 95th percentile of a look."""
    with (
        servers.own_postgres(fsync="on") as server,
        tempfile.TemporaryDirectory(prefix="acogida-bench-") as folder,
    ):
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE casos")
        url = f"{server.url.rpartition('/')[0]}/casos"
        db = Database(columns.driven(url))
        migrate("casos", db)
        db.close()
        settings = Settings(data_dir=Path(folder), database_url=url, log_level="WARNING")
        Keyring.load(settings.claves, make=True)
        # The page asks identidad who works here.
        columns.file_in(settings.data_dir, "identidad")
        with desk_of(settings, "recepcion", "profesional", "coordinacion") as desk:
            path = f"/casos/expedientes/{_case(desk)}"
            taken = [_look(desk, path) for _ in range(WARM + LOOKS)][WARM:]
    yield Result("page_p95_ms", p95(taken), f"ms, a case with {ENTRIES} entries")


def _case(desk: FlaskClient) -> str:
    person = _told(desk, "/personas", nombres="Persona", primer_apellido="Inventada")
    case = _told(desk, "/casos", persona_id=person["id"], tema="REG.TEMP")
    for number in range(ENTRIES):
        _told(desk, f"/casos/{case['id']}/orientaciones", tema="REG.TEMP", texto=f"Paso {number}")
    return str(case["id"])


def _told(desk: FlaskClient, path: str, **what: str) -> dict[str, Any]:
    answer = desk.post(f"/casos/api/v1{path}", json=what, headers={"If-Match": "*"})
    if answer.status_code not in {200, 201}:
        raise RuntimeError(f"{path} was answered {answer.status_code}")
    told: dict[str, Any] = answer.get_json()
    return told


def _look(desk: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    answer = desk.get(path)
    milliseconds = (time.perf_counter() - began) * 1000
    if answer.status_code != 200 or answer.text.count("Paso ") < ENTRIES:
        raise RuntimeError(f"the page was answered {answer.status_code}, or without its story")
    return milliseconds
