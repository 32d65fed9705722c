"""The bus on both columns: how many facts a second it carries when many wait."""

import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import servers
from bench.result import Result
from oficina.bus import admin
from oficina.bus.inbox import Handlers
from oficina.bus.ingest import AmqpIngest
from oficina.bus.outbox import emitir
from oficina.bus.relay import Relay
from oficina.bus.transport import AmqpTransport, LocalTransport
from oficina.bus.worker import Worker
from oficina.db import Database, uuid7
from oficina.events.casos import CasoOrientado
from oficina.migrations import migrate

FACTS = 10_000
AGGREGATES = 500
SUBSCRIBERS = ("agenda", "notificaciones", "reportes")


def measure(*, peers: bool = False) -> Iterator[Result]:
    """Facts that wait in the outbox when the clock starts."""
    with tempfile.TemporaryDirectory() as folder:
        yield Result("embedded_events_s", _embedded(Path(folder)), "events/s to three handlers")
    with servers.postgres() as database_url, servers.rabbitmq() as amqp_url:
        yield from _servers(database_url, amqp_url)


def _embedded(folder: Path) -> float:
    casos = _database("casos", f"sqlite:///{folder}/casos.db")
    heard = [
        (_database(name, f"sqlite:///{folder}/{name}.db"), _handlers(name)) for name in SUBSCRIBERS
    ]
    _fill(casos)
    relay = Relay(casos, LocalTransport(heard), "casos")
    workers = [Worker(db, handlers) for db, handlers in heard]
    began = time.perf_counter()
    while relay.run_once() + sum(worker.run_once() for worker in workers):
        pass
    seconds = time.perf_counter() - began
    for db, _ in heard:
        assert admin.resumen(db).por_hacer == 0
        db.close()
    casos.close()
    return FACTS / seconds


def _servers(database_url: str, amqp_url: str) -> Iterator[Result]:
    # One database serves as both: what is measured is the way, not the room.
    db = _database("agenda", database_url.replace("postgresql://", "postgresql+psycopg://"))
    _fill(db)
    handlers = _handlers("agenda")
    transport = AmqpTransport(amqp_url, [handlers])
    relay = Relay(db, transport, "casos")
    began = time.perf_counter()
    while relay.run_once():
        pass
    yield Result("relay_events_s", _rate(began), "events/s, PostgreSQL to RabbitMQ, confirmed")
    transport.close()

    stop = threading.Event()
    ingest = threading.Thread(target=AmqpIngest(amqp_url, db, handlers).run, args=(stop,))
    began = time.perf_counter()
    ingest.start()
    while admin.resumen(db).por_hacer < FACTS:
        time.sleep(0.05)
    yield Result("ingest_events_s", _rate(began), "events/s, RabbitMQ to the inbox")
    stop.set()
    ingest.join()

    worker = Worker(db, handlers)
    began = time.perf_counter()
    while worker.run_once():
        pass
    yield Result("worker_events_s", _rate(began), "events/s, one worker on PostgreSQL")
    db.close()


def _rate(began: float) -> float:
    return FACTS / (time.perf_counter() - began)


def _database(servicio: str, url: str) -> Database:
    db = Database(url)
    migrate(servicio, db)
    return db


def _handlers(consumidor: str) -> Handlers:
    handlers = Handlers(consumidor)
    handlers.on(CasoOrientado)(lambda _session, _hecho, _sobre: None)
    return handlers


def _fill(db: Database) -> None:
    casos = [uuid7() for _ in range(AGGREGATES)]
    for _ in range(FACTS // AGGREGATES):
        with db.begin() as session:
            for caso_id in casos:
                emitir(session, CasoOrientado(caso_id=caso_id, tema="REG.TEMP"))
