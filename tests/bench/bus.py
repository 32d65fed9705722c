"""The bus on both columns: how many facts a second it carries, and how soon one is acted on.

Facts are 1 KB on the way: a fact of the bench's own, outside the catalogue that departments read,
with a code that is long enough. The PostgreSQL of the tests does
not wait for the disk: commits cost less here than in production.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

from sqlalchemy import Column, Integer, MetaData, String, Table, Uuid, func, insert, select
from sqlalchemy.orm import Session

import servers
from bench.result import Result
from oficina import telemetry
from oficina.bus.inbox import Handlers, Mensaje, Sobre, recibir
from oficina.bus.ingest import AmqpIngest
from oficina.bus.outbox import emitir
from oficina.bus.relay import Relay
from oficina.bus.tables import Estado, Inbox, Outbox
from oficina.bus.topology import EVENTOS
from oficina.bus.transport import AmqpTransport, LocalTransport
from oficina.bus.worker import Worker
from oficina.db import Database, uuid7
from oficina.events import Evento, catalogo
from oficina.events.base import evento
from oficina.migrations import migrate

FACTS = 10_000
AGGREGATES = 1_000
SUBSCRIBERS = ("agenda", "notificaciones", "reportes")
FAILING = 20
"""One fact of so many fails the first time."""
REPEATED = 10
"""One fact of so many arrives twice."""
PER_SECOND = 500
LATENCY_FACTS = 3_000
PEER_MESSAGES = 3_000

PEERS = Path(__file__).parent / "peers"
PEERS_PYTHON = Path(__file__).parents[2] / ".venv-peers" / "bin" / "python"

catalogo()


@evento("banco.caso.medido", sujeto_id="caso_id")
class CasoMedido(Evento):
    """A fact of the benchmark."""

    caso_id: UUID
    codigo: str


CODE = "A" * 560
"""Makes the CloudEvent 1 KB (1,032 bytes)."""

_effects = Table(
    "banco_efectos",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("evento_id", Uuid),
    Column("agregado", String(120)),
    Column("secuencia", Integer),
)


def measure(*, peers: bool = False) -> Iterator[Result]:
    """Facts that wait when the clock starts; latency with facts told at a steady pace."""
    telemetry.configure_logging("ERROR")  # each fact that fails on purpose would be a line
    with tempfile.TemporaryDirectory() as folder:
        yield Result("embedded_events_s", _embedded(Path(folder)), "events/s to three handlers")
    with _postgres() as url, servers.rabbitmq() as amqp_url:
        yield from _carried(_database("agenda", url), amqp_url, peers=peers)
    with _postgres() as url:
        yield Result("worker_events_s", _worked(_database("agenda", url)), "events/s, two workers")
    with _postgres() as url, servers.rabbitmq() as amqp_url:
        waited = _latencies(_database("agenda", url), amqp_url)
    cuts = quantiles(waited, n=100)
    yield Result("latency_p50_ms", median(waited), f"ms at {PER_SECOND}/s, commit to commit")
    yield Result("latency_p99_ms", cuts[98], f"ms at {PER_SECOND}/s, commit to commit")


def _embedded(folder: Path) -> float:
    casos = _database("casos", f"sqlite:///{folder}/casos.db")
    heard = [
        (_database(name, f"sqlite:///{folder}/{name}.db"), _handlers(name, _nothing))
        for name in SUBSCRIBERS
    ]
    _fill(casos)
    relay = Relay(casos, LocalTransport(heard), "casos")
    workers = [Worker(db, handlers) for db, handlers in heard]
    began = time.perf_counter()
    while relay.run_once() + sum(worker.run_once() for worker in workers):
        pass
    seconds = time.perf_counter() - began
    for db, _ in heard:
        assert _count(db, Estado.HECHO) == FACTS
        db.close()
    casos.close()
    return FACTS / seconds


def _carried(db: Database, amqp_url: str, *, peers: bool) -> Iterator[Result]:
    # One database serves as both: what is measured is the way, not the room.
    _fill(db)
    handlers = _handlers("agenda", _nothing)
    transport = AmqpTransport(amqp_url, [handlers])
    relay = Relay(db, transport, "casos")
    began = time.perf_counter()
    while relay.run_once():
        pass
    rate = _rate(began)
    transport.close()
    stop = threading.Event()
    began = time.perf_counter()
    ingest = _start(AmqpIngest(amqp_url, db, handlers).run, stop)
    while _count(db, Estado.PENDIENTE) < FACTS:
        time.sleep(0.05)
    ingested = _rate(began)
    stop.set()
    ingest.join()
    with db.read() as session:
        body = json.dumps(session.scalars(select(Outbox.cuerpo).limit(1)).one()).encode()
    beside = _peers(amqp_url, body) if peers else {}
    for name, value in beside.items():
        print(f"bus.relay_events_s is {rate / value:.2f} x {name} ({value:.0f}/s)", flush=True)
    yield Result("relay_events_s", rate, "events/s, PostgreSQL to two quorum queues", beside)
    yield Result("ingest_events_s", ingested, "events/s, RabbitMQ to the inbox")
    db.close()


def _peers(amqp_url: str, body: bytes) -> Mapping[str, float]:
    """Messages a second of each program of `peers`, into the same queues."""
    figures = {}
    with tempfile.NamedTemporaryFile(suffix=".json") as written:
        written.write(body)
        written.flush()
        for program in sorted(PEERS.glob("*.py")):
            arguments = [amqp_url, EVENTOS, CasoMedido.tipo, written.name, str(PEER_MESSAGES)]
            run = subprocess.run(
                [str(PEERS_PYTHON), str(program), *arguments],
                capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
            if run.returncode == 0:
                figures[program.stem] = round(float(run.stdout.split()[-1]), 1)
            else:
                reason = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
                print(f"bus: {program.stem} did not run: {reason}", file=sys.stderr, flush=True)
    return figures


def _worked(db: Database) -> float:
    _effects.create(db.engine)
    _fill(db)
    with db.begin() as session:
        told = [
            Mensaje.of(cuerpo)
            for cuerpo in session.scalars(select(Outbox.cuerpo).order_by(Outbox.id))
        ]
        recibir(session.connection(), "agenda", told)
        recibir(session.connection(), "agenda", told[::REPEATED])
    failed: set[UUID] = set()

    def effect(session: Session, _hecho: Evento, sobre: Sobre) -> None:
        if sobre.id.int % FAILING == 0 and sobre.id not in failed:
            failed.add(sobre.id)
            raise RuntimeError("this one fails the first time")
        _write_effect(session, sobre)

    handlers = _handlers("agenda", effect)
    stop = threading.Event()
    began = time.perf_counter()
    workers = [_start(Worker(db, handlers, delay=lambda _tries: 0.05).run, stop) for _ in range(2)]
    while _count(db, Estado.HECHO) < FACTS:
        time.sleep(0.02)
    rate = _rate(began)
    stop.set()
    for worker in workers:
        worker.join()
    _assert_once_and_in_order(db)
    db.close()
    return rate


def _assert_once_and_in_order(db: Database) -> None:
    with db.read() as session:
        rows = session.execute(select(_effects).order_by(_effects.c.id)).all()
    assert len(rows) == len({row.evento_id for row in rows}) == FACTS
    last: Counter[str] = Counter()
    for row in rows:
        assert row.secuencia == last[row.agregado] + 1, "an order break"
        last[row.agregado] = row.secuencia


def _latencies(db: Database, amqp_url: str) -> Sequence[float]:
    """Milliseconds from the commit of each fact to the commit of its handler, as both are seen."""
    committed: dict[UUID, float] = {}
    handled: dict[UUID, float] = {}
    running: list[UUID] = []

    class Watched(Worker):
        """Notes the moment at which a batch has been committed."""

        def run_once(self) -> int:
            tried = super().run_once()
            moment = time.perf_counter()
            handled.update(dict.fromkeys(running, moment))
            running.clear()
            return tried

    handlers = _handlers("agenda", lambda _session, _hecho, sobre: running.append(sobre.id))
    transport = AmqpTransport(amqp_url, [handlers])
    stop = threading.Event()
    threads = [
        _start(run, stop)
        for run in (
            Relay(db, transport, "casos").run,
            AmqpIngest(amqp_url, db, handlers).run,
            Watched(db, handlers).run,
        )
    ]
    casos = [uuid7() for _ in range(AGGREGATES)]
    _tell_one(db, casos[0], {})
    time.sleep(3)  # connections and queues are there
    began = time.perf_counter()
    for number in range(LATENCY_FACTS):
        time.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
        _tell_one(db, casos[number % AGGREGATES], committed)
    deadline = time.monotonic() + 60
    while not committed.keys() <= handled.keys():
        assert time.monotonic() < deadline, "facts are missing"
        time.sleep(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    transport.close()
    db.close()
    return [(handled[one] - moment) * 1000 for one, moment in committed.items()]


def _tell_one(db: Database, caso_id: UUID, committed: dict[UUID, float]) -> None:
    with db.begin() as session:
        told = emitir(session, CasoMedido(caso_id=caso_id, codigo=CODE))
    committed[told] = time.perf_counter()


@contextmanager
def _postgres() -> Iterator[str]:
    with servers.postgres() as url:
        yield url.replace("postgresql://", "postgresql+psycopg://")


def _write_effect(session: Session, sobre: Sobre) -> None:
    session.connection().execute(
        insert(_effects),
        {"evento_id": sobre.id, "agregado": sobre.subject, "secuencia": sobre.sequence},
    )


def _nothing(_session: Session, _hecho: Evento, _sobre: Sobre) -> None:
    """An effect that costs nothing: what is measured is the bus."""


def _handlers(consumidor: str, handler: Callable[[Session, Evento, Sobre], None]) -> Handlers:
    handlers = Handlers(consumidor)
    handlers.on(CasoMedido)(handler)
    return handlers


def _start(run: Callable[[threading.Event], None], stop: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=run, args=(stop,))
    thread.start()
    return thread


def _count(db: Database, estado: Estado) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).where(Inbox.estado == estado)) or 0


def _rate(began: float) -> float:
    return FACTS / (time.perf_counter() - began)


def _database(servicio: str, url: str) -> Database:
    db = Database(url)
    migrate(servicio, db)
    return db


def _fill(db: Database) -> None:
    casos = [uuid7() for _ in range(AGGREGATES)]
    for _ in range(FACTS // AGGREGATES):
        with db.begin() as session:
            for caso_id in casos:
                emitir(session, CasoMedido(caso_id=caso_id, codigo=CODE))
