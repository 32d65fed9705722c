"""The processes of the containers: the web, the bus or the jobs of one service.

All three answer the probes (`/healthz`, `/readyz`, `/metrics`); only the web answers anything else.
"""

import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy.exc import OperationalError

from acogida.background import Background
from acogida.services import Service, all_handlers, db_of, load
from oficina.bus.hints import Hints
from oficina.bus.ingest import AmqpIngest
from oficina.bus.relay import Relay
from oficina.bus.transport import AmqpTransport
from oficina.bus.worker import Worker
from oficina.db import Database
from oficina.jobs import Ticker, run_worker
from oficina.migrations import is_current
from oficina.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
WORKERS = 2
TABLES_SECONDS = 100


class ServiceProcess:
    """The application of one service with some of its loops beside it."""

    def __init__(self, service: Service, settings: Settings, *, probes_only: bool) -> None:

        self.service = service
        self.app: Flask = service.create_app(settings)
        _wait_for_tables(service.name, db_of(self.app))
        self.background = Background()
        self._probes_only = probes_only

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        if self._probes_only and environ.get("PATH_INFO") not in PROBES:
            status = HTTPStatus.NOT_FOUND
            start_response(f"{status.value} {status.phrase}", [("Content-Type", "text/plain")])
            return [b"Only the probes are here.\n"]
        return self.app(environ, start_response)

    def start(self) -> None:
        """Start the loops."""
        self.background.start()

    def stop(self) -> None:
        """Stop the loops and give the connections back."""
        self.background.stop()
        db_of(self.app).close()


def _wait_for_tables(name: str, db: Database) -> None:
    """Start when `acogida migrate` has been here; raises TimeoutError when it does not come."""
    deadline = time.monotonic() + TABLES_SECONDS
    while True:
        with suppress(OperationalError):
            if is_current(name, db):
                return
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"the tables of {name} are not those of this version: acogida migrate"
            )
        time.sleep(0.5)


def web(name: str, settings: Settings) -> ServiceProcess:
    """The pages and the API of a service."""
    return ServiceProcess(load(name), settings, probes_only=False)


def bus(name: str, settings: Settings) -> ServiceProcess:
    """What a service tells and hears: its relay, its ingest and its workers."""
    process = ServiceProcess(load(name), settings, probes_only=True)
    db, handlers = db_of(process.app), process.service.handlers
    process.background.wake_at_stop(db.outbox_changed, db.inbox_changed)
    transport = AmqpTransport(settings.amqp_url, all_handlers())
    process.background.add(f"{name}-hints", Hints(db).run)
    process.background.add(f"{name}-relay", Relay(db, transport, name).run)
    process.background.add(f"{name}-ingest", AmqpIngest(settings.amqp_url, db, handlers).run)
    for number in range(WORKERS):
        process.background.add(f"{name}-worker-{number}", Worker(db, handlers).run)
    return process


def jobs(name: str, settings: Settings) -> ServiceProcess:
    """The slow and timed work of a service."""
    process = ServiceProcess(load(name), settings, probes_only=True)
    celery = process.app.extensions["celery"]
    process.background.add(f"{name}-jobs", partial(run_worker, celery))
    process.background.add(f"{name}-ticker", Ticker(celery, process.service.jobs).run)
    return process
