"""The processes of the containers: the web, the bus or the jobs of one service.

All three answer the probes (`/healthz`, `/readyz`, `/metrics`); only the web answers anything else.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy.exc import OperationalError

from acogida import rabbitmq
from acogida.background import Background
from acogida.rabbitmq import Cura
from acogida.server import NoPuedeServir
from acogida.services import Service, all_handlers, db_of, env_of, load
from oficina import telemetry
from oficina.bus.amqp import AmqpTransport
from oficina.bus.ingest import AmqpIngest
from oficina.bus.listener import Listener
from oficina.bus.relay import Relay
from oficina.bus.worker import Worker
from oficina.cadena.heads import Cabezas
from oficina.cadena.sealer import Sealer
from oficina.db import Database
from oficina.jobs import Ticker, run_worker
from oficina.migrations import is_current
from oficina.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = telemetry.get_logger("acogida.processes")

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
    """Start when `acogida migrate` has been here; raises NoPuedeServir when it does not come."""
    deadline = time.monotonic() + TABLES_SECONDS
    while True:
        with suppress(OperationalError):
            if is_current(name, db):
                return
        if time.monotonic() > deadline:
            raise NoPuedeServir(
                f"Las tablas de {name} no son las de esta versión: ejecute `acogida migrate`.\n"
            )
        time.sleep(0.5)


def _wait_for_queues(errores: Callable[[], Iterable[rabbitmq.Error]]) -> None:
    """Start when RabbitMQ is as the service needs it; raises NoPuedeServir naming what is not.

    A broker that does not answer is waited for later, by the loops: what is in the inbox is worked
    off meanwhile. One that waits for `acogida migrate` is waited for here.
    """
    deadline = time.monotonic() + TABLES_SECONDS
    said: list[str] = []
    while wrong := [error for error in errores() if error.cura is not Cura.TIEMPO]:
        if time.monotonic() > deadline or any(one.cura is Cura.PERSONA for one in wrong):
            raise NoPuedeServir("".join(f"RabbitMQ: {error.texto}\n" for error in wrong))
        texts = [error.texto for error in wrong]
        if texts != said:
            log.warning("waits_for_queues", rabbitmq=texts)
            said = texts
        time.sleep(0.5)


def web(name: str, settings: Settings) -> ServiceProcess:
    """The pages and the API of a service."""
    return ServiceProcess(load(name), settings, probes_only=False)


def bus(name: str, settings: Settings) -> ServiceProcess:
    """What a service tells and hears: its relay, its ingest and its workers; and its sealer."""
    _wait_for_queues(partial(rabbitmq.errores_del_bus, settings.amqp_url, name))
    process = ServiceProcess(load(name), settings, probes_only=True)
    db, handlers = db_of(process.app), process.service.handlers
    process.background.wake_at_stop(db.outbox_changed, db.inbox_changed)
    transport = AmqpTransport(settings.amqp_url, all_handlers())
    process.background.add(f"{name}-hints", Listener(db).run)
    process.background.add(f"{name}-relay", Relay(db, transport, name).run)
    process.background.add(f"{name}-ingest", AmqpIngest(settings.amqp_url, db, handlers).run)
    for number in range(WORKERS):
        process.background.add(f"{name}-worker-{number}", Worker(db, handlers).run)
    process.background.add(f"{name}-sealer", Sealer(db, name, Cabezas(settings, name)).run)
    return process


def jobs(name: str, settings: Settings) -> ServiceProcess:
    """The slow and timed work of a service."""
    _wait_for_queues(partial(rabbitmq.errores_de_tareas, settings.amqp_url, name))
    process = ServiceProcess(load(name), settings, probes_only=True)
    celery = process.app.extensions["celery"]
    process.background.add(f"{name}-jobs", partial(run_worker, celery))
    process.background.add(f"{name}-ticker", Ticker(celery, process.service.jobs).run)
    for title, loop in process.service.jobs.loops.items():
        process.background.add(f"{name}-{title}", partial(loop, env_of(process.app)))
    return process
