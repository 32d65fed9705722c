"""A process that carries facts for the benchmark: `python -m bench.programs.carrier ROLE …`.

relay DATABASE AMQP        the relay of casos
subscriber DATABASE AMQP   ingest and one worker of agenda
worker DATABASE            a worker of agenda whose handlers fail now and then
"""

import signal
import sys
import threading
from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from bench.bus import FAILING, READY, effect, handlers_of
from oficina import telemetry
from oficina.bus.amqp import AmqpTransport
from oficina.bus.inbox import Sobre
from oficina.bus.ingest import AmqpIngest
from oficina.bus.listener import Listener
from oficina.bus.relay import Relay
from oficina.bus.worker import Worker
from oficina.db import Database
from oficina.events import Evento

Loop = Callable[[threading.Event], None]


def main(role: str, database_url: str, amqp_url: str = "") -> None:
    """Work until SIGTERM."""
    telemetry.configure_logging("ERROR")  # each fact that fails on purpose would be a line
    db = Database(database_url)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    threads = [threading.Thread(target=loop, args=(stop,)) for loop in _loops(role, db, amqp_url)]
    for thread in threads:
        thread.start()
    print(READY, flush=True)
    stop.wait()
    db.outbox_changed.set()
    db.inbox_changed.set()
    for thread in threads:
        thread.join()
    db.close()


def _loops(role: str, db: Database, amqp_url: str) -> Sequence[Loop]:
    handlers = handlers_of("agenda", effect)
    hints = Listener(db).run
    if role == "relay":
        return [hints, Relay(db, AmqpTransport(amqp_url, [handlers]), "casos").run]
    if role == "subscriber":
        return [hints, AmqpIngest(amqp_url, db, handlers).run, Worker(db, handlers).run]
    failing = handlers_of("agenda", _Unsteady())
    return [hints, Worker(db, failing, delay=lambda _tries: 0.05).run]


class _Unsteady:
    """The effect, and now and then a failure after it, once a fact."""

    def __init__(self) -> None:
        self._failed: set[UUID] = set()

    def __call__(self, session: Session, hecho: Evento, sobre: Sobre) -> None:
        effect(session, hecho, sobre)
        if sobre.id.int % FAILING == 0 and sobre.id not in self._failed:
            self._failed.add(sobre.id)
            raise RuntimeError("this one fails the first time")


if __name__ == "__main__":
    main(*sys.argv[1:])
