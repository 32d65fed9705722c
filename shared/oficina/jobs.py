"""Slow or timed work inside a service. A task is a nudge: what is due is always a row.

`Jobs` is a service's list of tasks and sweeps, filled by its `tasks.py`. One Celery application a
service, never the process's default. A sweep looks for rows that are due and does them or nudges
for each; it runs at start and then every few seconds of real time, so a nudge that a crash, a full
broker or a lost connection swallowed only costs that much time. No eta, no countdown, no result.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import amqp.exceptions
import kombu.exceptions
from celery import Celery
from celery.worker.consumer import Consumer
from kombu import Exchange, Queue
from sqlalchemy import event
from sqlalchemy.orm import Session

from oficina import telemetry
from oficina.bus.topology import amqp_urls, tasks_exchange, tasks_queue
from oficina.env import Env
from oficina.settings import Settings
from oficina.whole import has_committed

log = telemetry.get_logger("oficina.jobs")

Task = Callable[..., None]
F = TypeVar("F", bound=Task)

_EMBEDDED = {"polling_interval": 0.05}
# Confirmed, and with one try: a request must not wait for a broker that is away.
_RABBITMQ = {"confirm_publish": True, "max_retries": 1, "interval_start": 0.0, "interval_max": 0.0}

_by_service: dict[str, Celery] = {}


@dataclass(frozen=True)
class Sweep:
    """A task that looks for what is due, every so many seconds of real time."""

    name: str
    every: float


class Jobs:
    """The tasks of one service: functions of its `Env` and of JSON values, called by name."""

    def __init__(self, servicio: str) -> None:
        """`servicio` is the prefix of the names and of the queue, `<servicio>.tareas`."""
        self.servicio = servicio
        self.tasks: dict[str, Task] = {}
        self.sweeps: list[Sweep] = []
        self.loops: dict[str, Callable[[Env, threading.Event], None]] = {}
        """What works beside the queue, in a thread of its own, until its event is set: for who
        waits for others so long that nobody may wait behind them."""

    @property
    def queue(self) -> str:
        """The queue that the service's jobs processes read."""
        return f"{self.servicio}.tareas"

    def task(self, function: F) -> F:
        """Decorator: may be nudged. Stays an ordinary function, so a test simply calls it."""
        self.tasks[function.__name__] = function
        return function

    def sweep(self, *, every: float) -> Callable[[F], F]:
        """Decorator: runs at start and then every `every` seconds."""

        def register(function: F) -> F:
            self.sweeps.append(Sweep(function.__name__, every))
            return self.task(function)

        return register


def make_celery(jobs: Jobs, settings: Settings, env: Env) -> Celery:
    """The Celery application of one service, with its tasks bound to `env`."""
    celery = Celery(jobs.servicio, set_as_current=False)
    celery.conf.update(
        broker_url="memory://oficina/" if settings.embedded else amqp_urls(settings.amqp_url),
        broker_transport_options=_EMBEDDED if settings.embedded else _RABBITMQ,
        broker_connection_max_retries=None,
        # Tasks run in the thread that would answer heartbeats; TCP keepalive finds a dead broker.
        broker_heartbeat=0,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=3,
        task_queues=[_queue(jobs, settings)],
        task_default_queue=jobs.queue,
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        # A task is done when it has ended: a process that dies gives it back to the queue.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        task_serializer="json",
        accept_content=["json"],
        enable_utc=True,
    )
    for name, function in jobs.tasks.items():
        # Not shared: each application of this process keeps to its own service and environment.
        register = celery.task(name=f"{jobs.servicio}.{name}", shared=False, lazy=False)
        register(_bound(function, env))
    _by_service[jobs.servicio] = celery
    return celery


def nudge_after_commit(session: Session, task: str, *args: Any) -> None:
    """Ask for `<servicio>.<task>` once this session has committed; a rollback forgets it.

    The commit never fails for it, and waits at most 3 s for a broker that is away; a nudge that
    is lost costs the time until the next sweep.
    """
    session.info.setdefault("nudges", []).append((task, args))


class Ticker:
    """Sends the sweeps of a service: once at start, then each at its own pace.

    Two tickers of the same service do no harm: a sweep only looks for rows that are due.
    """

    def __init__(self, celery: Celery, jobs: Jobs) -> None:
        self._celery = celery
        self._sweeps = jobs.sweeps

    def run(self, stop: threading.Event) -> None:
        """Tick until `stop` is set."""
        due = {sweep.name: time.monotonic() for sweep in self._sweeps}
        while not stop.is_set():
            now = time.monotonic()
            for sweep in self._sweeps:
                if due[sweep.name] <= now:
                    # A sweep that nobody took by the time of the next one is not worth keeping.
                    _send(self._celery, sweep.name, (), expires=max(sweep.every, 1.0))
                    due[sweep.name] = now + sweep.every
            stop.wait(max(0.0, min(due.values(), default=now + 3600) - time.monotonic()))


def run_worker(celery: Celery, stop: threading.Event) -> None:
    """Work off the queue of one service, a task at a time, until `stop` is set.

    Returns when the task at hand has ended, or after 10 s. A worker that breaks is made anew.
    """
    while not stop.is_set():
        worker = _make_worker(celery)
        thread = threading.Thread(
            target=_work, args=(celery, worker), name=f"{celery.main}-celery", daemon=True
        )
        thread.start()
        while thread.is_alive() and not stop.wait(1.0):
            pass
        if thread.is_alive():
            # On a thread of its own: now and then Celery waits there for ever.
            threading.Thread(target=worker.stop, daemon=True).start()
            thread.join(timeout=10)
        else:
            log.error("jobs_worker_broke", servicio=celery.main)
            stop.wait(1.0)


_STEPS = [step for step in Consumer.Blueprint.default_steps if "delayed_delivery" not in step]


class _Consumer(Consumer):
    """Celery's consumer without its 28 queues for delayed tasks, of which we have none."""

    Blueprint = type("Blueprint", (Consumer.Blueprint,), {"default_steps": _STEPS})


def _make_worker(celery: Celery) -> Any:
    return celery.WorkController(
        consumer_cls=_Consumer,
        pool="solo",
        concurrency=1,
        hostname=f"{celery.main}@oficina",
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        # The blocking loop, because only that one may run outside the main thread.
        use_eventloop=False,
    )


def _work(celery: Celery, worker: Any) -> None:
    # Current for this thread only: Celery looks tasks up in the thread's own application.
    celery.set_current()
    worker.start()


def _queue(jobs: Jobs, settings: Settings) -> Queue:
    if settings.embedded:
        return Queue(jobs.queue)
    described, exchange = tasks_queue(jobs.servicio), tasks_exchange(jobs.servicio)
    return Queue(
        described.name,
        Exchange(exchange.name, exchange.kind),
        routing_key=described.name,
        queue_arguments=described.arguments,
    )


def _bound(function: Task, env: Env) -> Task:
    def run(*args: Any) -> None:
        with telemetry.follow():
            function(env, *args)

    run.__name__, run.__doc__ = function.__name__, function.__doc__
    return run


def _send(celery: Celery | None, task: str, args: tuple[Any, ...], **options: Any) -> None:
    if celery is None:
        return  # this process only writes; the sweep of the jobs process finds the row
    name = task if "." in task else f"{celery.main}.{task}"
    queue = tasks_queue(celery.main).name
    # Exchange and key both, or Celery takes the exchange without a name, which reaches any queue
    # and which a service may therefore not use.
    options |= {"exchange": tasks_exchange(celery.main).name, "routing_key": queue}
    try:
        celery.send_task(name, args=args, queue=queue, retry=False, **options)
    except (kombu.exceptions.OperationalError, amqp.exceptions.AMQPError, OSError) as error:
        log.warning("nudge_lost", tarea=name, kind=type(error).__name__)


@event.listens_for(Session, "after_commit")
def _send_nudges(session: Session) -> None:
    if not has_committed(session):
        return
    for task, args in session.info.pop("nudges", ()):
        _send(_by_service.get(task.partition(".")[0]), task, args)


@event.listens_for(Session, "after_soft_rollback")
def _forget_nudges(session: Session, previous: Any) -> None:
    if not previous.nested:
        session.info.pop("nudges", None)
