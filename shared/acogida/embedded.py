"""The embedded office: the five services, their bus and their jobs in one process, on SQLite."""

import sys
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask

from acogida import demo
from acogida.background import Background, Loop
from acogida.databases import prepare
from acogida.services import Service, db_of, env_of, load
from oficina import clock
from oficina.bus.relay import Relay
from oficina.bus.transport import LocalTransport
from oficina.bus.worker import Worker
from oficina.cadena.firma import FirmaDeAuditoria
from oficina.cadena.heads import Cabezas
from oficina.cadena.sealer import Sealer
from oficina.jobs import Ticker, run_worker
from oficina.settings import SERVICES, Settings
from oficina.web.client import ServiceClient

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

FRONT = "identidad"


class Office:
    """A WSGI application of all services; a request goes to the one that its first segment names.

    Made, its databases have today's tables and the network of institutions is there. `start` opens
    it: facts travel and due work is done until `stop`.
    """

    def __init__(self, settings: Settings) -> None:
        clock.move_to(settings.fecha)

        FirmaDeAuditoria.load(settings.claves, make=True)
        client = ServiceClient(settings)
        self.settings = settings
        self.services = [load(name) for name in SERVICES]
        self.apps: dict[str, Flask] = {}
        for service in self.services:
            app = service.create_app(settings, client)
            prepare(service.name, db_of(app), demo=settings.demo)
            client.mount(service.name, app)
            self.apps[service.name] = app
        self._is_ready_when_all_are()
        self._background = Background()
        transport = LocalTransport(
            [(db_of(self.apps[service.name]), service.handlers) for service in self.services]
        )
        for service in self.services:
            self._add_loops(service, transport)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request; `/`, `/eventos` and the probes are identidad's."""
        segment = environ.get("PATH_INFO", "").split("/", 2)[1:2]
        app = self.apps.get(segment[0] if segment else "", self.apps[FRONT])
        return app(environ, start_response)

    def start(self) -> None:
        """Make the demo when it is wanted, start the background work, and say where we are."""
        print(f"Acogida: {self.settings.base_url}")
        if self.settings.demo:
            # Before anybody listens: what its stories say that was done is not done once more.
            print(demo.prepare(self.apps, self.settings))
        self._background.start()
        print("Ctrl-C la detiene.")
        sys.stdout.flush()

    def stop(self) -> None:
        """Stop the background work and give every connection back."""
        self._background.stop()
        for app in self.apps.values():
            db_of(app).close()

    def _is_ready_when_all_are(self) -> None:
        """What answers `/readyz` for the process asks every service's checks."""
        ready = self.apps[FRONT].extensions["readiness"]
        for name in self.apps.keys() - {FRONT}:
            checks = self.apps[name].extensions["readiness"]
            ready.update({f"{name}.{part}": check for part, check in checks.items()})

    def _add_loops(self, service: Service, transport: LocalTransport) -> None:
        app = self.apps[service.name]
        db, celery = env_of(app).db, app.extensions["celery"]
        loops: dict[str, Loop] = {
            "relay": Relay(db, transport, service.name).run,
            "worker": Worker(db, service.handlers).run,
            "jobs": partial(run_worker, celery),
            "ticker": Ticker(celery, service.jobs).run,
            **{name: partial(loop, env_of(app)) for name, loop in service.jobs.loops.items()},
            "sealer": Sealer(db, service.name, Cabezas(self.settings, service.name)).run,
        }
        self._background.wake_at_stop(db.outbox_changed, db.inbox_changed)
        for name, loop in loops.items():
            self._background.add(f"{service.name}-{name}", loop)
