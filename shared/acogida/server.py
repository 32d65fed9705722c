"""A process that answers HTTP and works in the background, with one way to start and to stop.

gunicorn's arbiter stays small: the office is imported and put together in the worker. SIGTERM, or a
Ctrl-C that reaches the whole group, lets what is under way finish, stops the background work and
ends with 0. After a kill -9 of the arbiter the worker ends by itself within a second.
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from gunicorn.app.base import BaseApplication
from gunicorn.errors import AppImportError

from acogida.memory import join_pages_soon, keep_small, no_collection
from acogida.parejos import Tenidas
from acogida.worker import Worker, give_core
from oficina.settings import SettingsError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

GRACE_SECONDS = 10


class NoPuedeServir(Exception):
    """Something is missing that a person must mend; the message, for that person, says what."""


class Process(Protocol):
    """What a worker runs: a WSGI application with work in the background."""

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""

    def start(self) -> None:
        """Begin the background work and say that the office is open."""

    def stop(self) -> None:
        """End the background work; returns when every thread has."""


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no type information
    """gunicorn, configured by us alone: neither its files nor its command line are read."""

    def __init__(self, factory: str, *arguments: Any, bind: str, **options: Any) -> None:
        """Serve what `factory` ("module:function") makes from `arguments`, in the worker."""
        keep_small()
        self.held = Tenidas()
        self._factory = factory
        self._arguments = arguments
        self._options = {
            "bind": bind,
            "worker_class": Worker,
            "threads": 8,
            "timeout": 120,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 15,
            "control_socket_disable": True,
            "loglevel": "warning",
            "pre_fork": give_core,
            "post_worker_init": _start,
            "worker_exit": _stop,
            "child_exit": _forget,
            **options,
        }
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its settings."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Process:
        """Import and put together; runs in the worker."""
        module, _, function = self._factory.partition(":")
        try:
            with no_collection():
                make: Callable[..., Process] = getattr(import_module(module), function)
                return make(*self._arguments)
        except (NoPuedeServir, SettingsError) as error:
            # gunicorn says it without a trace and ends.
            raise AppImportError(str(error)) from error


def _start(worker: Worker) -> None:
    worker.wsgi.start()
    join_pages_soon()


def _forget(arbiter: Any, worker: Worker) -> None:
    arbiter.app.held.forget(worker.age)


def _stop(_arbiter: Any, worker: Worker) -> None:
    # A worker that could not be put together has nothing to stop.
    if worker.booted:
        worker.wsgi.stop()
