"""What access costs a request: knowing who asks, whether they may, and writing down what was read.

In one process and without a network, so that nothing else is measured: the same view, open to
everybody and behind a permission, asked in turn by a client with a token and by a browser with a
cookie, as real identidad signs them; and the audit's row of a reading, on the embedded office's own
tables, beside the sealer that seals it.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

import columns
from bench.result import Result
from identidad.app import create_app
from ledger import ACTOR, SERVICIO, Libro
from oficina.actor import Actor
from oficina.audit import registrar_lectura
from oficina.clock import real_now
from oficina.db import Database, uuid7
from oficina.jobs import Jobs
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings
from oficina.web.app import new_app
from oficina.web.auth import COOKIE, public, requires
from oficina.web.client import ServiceClient
from oficina.web.tokens import Credencial

TIMES = 3000
ROWS = 500
PAUSE = 0.004
"""Seconds between two rows: requests come one after the other."""
PERMISO = "casos.prueba"
ROL = "profesional"

Call = Callable[[], TestResponse]


def measure(*, peers: bool) -> Iterator[Result]:
    """Milliseconds that the door adds to a request, the slower of token and cookie; and a row."""
    with tempfile.TemporaryDirectory(prefix="acogida-bench-") as folder:
        yield Result("auth_ms", _auth(Path(folder)), "ms")
    with tempfile.TemporaryDirectory(prefix="acogida-bench-") as folder:
        yield Result("audit_ms", _audit(Path(folder)), "ms")


def _auth(folder: Path) -> float:
    settings = Settings(data_dir=folder, log_level="WARNING")
    use_keyring(Keyring.load(settings.claves))
    client = ServiceClient(settings)
    identidad = create_app(settings, client)
    client.mount("identidad", identidad)
    service = _service(settings, client)
    token = _token(identidad)
    browser = service.test_client()
    browser.set_cookie(COOKIE, token)
    program = partial(
        service.test_client().get,
        "/casos/cerrada",
        headers={"Authorization": f"Bearer {token}"},
    )
    nobody = partial(service.test_client().get, "/casos/abierta")
    without, *inside = _medians(nobody, program, partial(browser.get, "/casos/cerrada"))
    for app in (service, identidad):
        app.extensions["env"].db.close()
    client.close()
    return max(inside) - without


def _audit(folder: Path) -> float:
    """The median of what a row adds, with its commit and whatever the sealer does meanwhile."""
    db, stop = Database(columns.file_in(folder, SERVICIO)), threading.Event()
    sealer = threading.Thread(target=Libro(db, folder).sealer.run, args=(stop,))
    sealer.start()
    taken = []
    for _ in range(ROWS):
        began = time.perf_counter()
        registrar_lectura(db, ACTOR, "casos.persona.ver", "persona", uuid4())
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(PAUSE)
    stop.set()
    sealer.join()
    db.close()
    return median(taken)


def _service(settings: Settings, client: ServiceClient) -> Flask:
    app = new_app(
        "casos",
        settings,
        permisos={PERMISO: frozenset({ROL})},
        jobs=Jobs("casos"),
        client=client,
    )
    app.add_url_rule("/casos/abierta", "abierta", public(_view()))
    app.add_url_rule("/casos/cerrada", "cerrada", requires(PERMISO)(_view()))
    return app


def _view() -> Callable[[], str]:
    """The mark of a view travels with its function: each has its own."""
    return lambda: "ok"


def _token(identidad: Flask) -> str:
    actor = Actor(uuid7(), "Persona de la medida", frozenset({ROL}), "Oficina", "persona")
    local = identidad.extensions["identidad_local"]
    token: str = local.token_de_cliente(Credencial.nueva(actor, real_now()))
    return token


def _medians(*calls: Call) -> list[float]:
    """Of each call in milliseconds, asked in turn so that all meet the same machine."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(TIMES):
        for call, mine in zip(calls, taken, strict=True):
            began = time.perf_counter()
            answer = call()
            mine.append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"it was answered {answer.status_code}")
    return [median(mine) for mine in taken]
