"""The bus on both columns: how many facts a second it carries, and how soon one is acted on.

Facts are 1 KB on the way: a fact of the bench's own, outside the catalogue that departments read,
with a code that is long enough. Relay, ingest and workers are processes of their own, as in the
containers; PostgreSQL waits for the disk, as there. Everything waits when the clock starts, but for
the latency, whose facts are told at a steady pace.
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

from sqlalchemy import Integer, String, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

import servers
from bench.programs import by_hand
from bench.result import Result
from chaos.harness import Chaos
from oficina import telemetry
from oficina.bus.amqp import AmqpTransport
from oficina.bus.envelope import to_cloudevent
from oficina.bus.inbox import Handlers, Mensaje, Sobre, recibir
from oficina.bus.ingest import AmqpIngest
from oficina.bus.outbox import emitir
from oficina.bus.relay import Relay
from oficina.bus.tables import AggregateCounter, Estado, Inbox, Outbox
from oficina.bus.topology import EVENTOS
from oficina.bus.transport import LocalTransport
from oficina.bus.worker import Worker
from oficina.clock import real_now
from oficina.db import Database, new_registry, uuid7
from oficina.events import Clasificacion, Evento, catalogo
from oficina.events.base import evento
from oficina.migrations import migrate

FACTS = 20_000
AGGREGATES = 1_000
SUBSCRIBERS = ("agenda", "notificaciones", "reportes")
FAILING = 20
"""One fact of so many fails the first time that a worker meets it, after its effect is written."""
REPEATED = 10
"""One fact of so many arrives twice."""
WORKERS = 2
PER_SECOND = 500
LATENCY_FACTS = 5_000
RECOVERY_FACTS = 3_000
RECOVERY_RATE = 100
PEER_MESSAGES = {"raw_pika": 20_000, "faststream_gathered": 10_000}
ONE_BY_ONE = 3_000
"""Messages of a peer that sends each after the confirm of the one before."""

PEERS = Path(__file__).parent / "peers"
PEERS_PYTHON = Path(__file__).parents[2] / ".venv-peers" / "bin" / "python"
READY = "ready"
"""What a program prints when it is at work."""

catalogo()


@evento("banco.caso.medido", sujeto_id="caso_id")
class CasoMedido(Evento):
    """A fact of the benchmark."""

    caso_id: UUID
    codigo: str


CODE = "A" * 560
"""Makes the CloudEvent 1 KB (1,032 bytes)."""


class _Base(DeclarativeBase):
    registry = new_registry()


class Efecto(_Base):
    """What the handler of the benchmark writes, one a fact."""

    __tablename__ = "banco_efectos"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    evento_id: Mapped[UUID]
    agregado: Mapped[str] = mapped_column(String(120))
    secuencia: Mapped[int]


def measure(*, peers: bool = False) -> Iterator[Result]:
    """Each figure of one run; the ratios to the peers are printed."""
    telemetry.configure_logging("ERROR")  # each fact that fails on purpose would be a line
    with tempfile.TemporaryDirectory() as folder:
        rate = _embedded(Path(folder))
    unit = "events/s to three handlers"
    yield Result("embedded_events_s", rate, unit, _embedded_by_hand() if peers else {})
    with _servers() as (postgres_url, amqp_url):
        yield from _carried(_database(postgres_url, "agenda"), amqp_url, peers=peers)
    with _servers(broker=False) as (postgres_url, _):
        rate = _worked(_database(postgres_url, "agenda"))
        yield Result("worker_events_s", rate, f"events/s, {WORKERS} workers")
    with _servers() as (postgres_url, amqp_url):
        waited = _latencies(postgres_url, amqp_url)
    beside = _latencies_by_hand() if peers else []
    unit = f"ms at {PER_SECOND}/s, commit to commit"
    for name, of in (("latency_p50_ms", median), ("latency_p99_ms", _p99)):
        yield Result(name, of(waited), unit, {"by_hand": round(of(beside), 1)} if beside else {})
    yield from _recovered()


def handlers_of(consumidor: str, handler: Callable[[Session, Evento, Sobre], None]) -> Handlers:
    """A service that does one thing about the fact of the benchmark."""
    handlers = Handlers(consumidor)
    handlers.on(CasoMedido)(handler)
    return handlers


def nothing(_session: Session, _hecho: Evento, _sobre: Sobre) -> None:
    """An effect that costs nothing: what is measured is the bus."""


def effect(session: Session, _hecho: Evento, sobre: Sobre) -> None:
    """The usual effect: a row."""
    session.add(Efecto(evento_id=sobre.id, agregado=sobre.subject, secuencia=sobre.sequence))


def _embedded(folder: Path) -> float:
    """The loops of the embedded office, a thread each, until all three have acted on every fact."""
    casos = _prepared("casos", Database(f"sqlite:///{folder}/casos.db"))
    heard = [
        (_prepared(name, Database(f"sqlite:///{folder}/{name}.db")), handlers_of(name, nothing))
        for name in SUBSCRIBERS
    ]
    _fill(casos)
    stop = threading.Event()
    loops = [Worker(db, handlers).run for db, handlers in heard]
    loops.append(Relay(casos, LocalTransport(heard), "casos").run)
    began = real_now()
    threads = [threading.Thread(target=loop, args=(stop,)) for loop in loops]
    for thread in threads:
        thread.start()
    for db, _ in heard:
        while _count(db, Estado.HECHO) < FACTS:
            time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    ended = max(_last_done(db) for db, _ in heard)
    for db in (casos, *(db for db, _ in heard)):
        db.close()
    return FACTS / (ended - began).total_seconds()


def _embedded_by_hand() -> Mapping[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.db" for name in ("casos", *SUBSCRIBERS)}
        for name, path in files.items():
            db = _prepared(name, Database(f"sqlite:///{path}"))
            if name == "casos":
                _fill(db)
            db.close()
        return {"by_hand": round(by_hand.embedded(files.pop("casos"), files, FACTS), 1)}


def _carried(db: Database, amqp_url: str, *, peers: bool) -> Iterator[Result]:
    # One database serves as both: what is measured is the way, not the room.
    _fill(db)
    handlers = handlers_of("agenda", nothing)
    transport = AmqpTransport(amqp_url, [handlers])
    relay = Relay(db, transport, "casos")
    began = time.perf_counter()
    while relay.run_once():
        pass
    rate = FACTS / (time.perf_counter() - began)
    transport.close()
    stop = threading.Event()
    began = time.perf_counter()
    ingest = threading.Thread(target=AmqpIngest(amqp_url, db, handlers).run, args=(stop,))
    ingest.start()
    while _count(db, Estado.PENDIENTE) < FACTS:
        time.sleep(0.05)
    ingested = FACTS / (time.perf_counter() - began)
    stop.set()
    ingest.join()
    with db.read() as session:
        body = Mensaje.of(session.scalars(select(Outbox.cuerpo).limit(1)).one()).cuerpo
    beside = _peers(amqp_url, body) if peers else {}
    for name, value in beside.items():
        print(f"bus.relay_events_s is {rate / value:.2f} x {name} ({value:.0f}/s)", flush=True)
    yield Result("relay_events_s", rate, "events/s, PostgreSQL to two quorum queues", beside)
    yield Result("ingest_events_s", ingested, "events/s, RabbitMQ to the inbox")
    db.close()


def _peers(amqp_url: str, body: str) -> Mapping[str, float]:
    """Messages a second of each program of `peers`, into the same queues."""
    figures = {}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as written:
        written.write(body)
        written.flush()
        for program in sorted(PEERS.glob("*.py")):
            times = PEER_MESSAGES.get(program.stem, ONE_BY_ONE)
            arguments = [amqp_url, EVENTOS, CasoMedido.tipo, written.name, str(times)]
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
    casos = [uuid7() for _ in range(AGGREGATES)]
    told = [
        _message(casos[number % AGGREGATES], number // AGGREGATES + 1) for number in range(FACTS)
    ]
    with ExitStack() as stack:
        for _ in range(WORKERS):
            stack.enter_context(_program("worker", db.url))
        with db.begin() as session:
            for start in range(0, FACTS, 1_000):
                recibir(session.connection(), "agenda", told[start : start + 1_000])
            recibir(session.connection(), "agenda", told[::REPEATED])
        began = real_now()
        while _count(db, Estado.HECHO) < FACTS:
            time.sleep(0.2)
    _assert_once_and_in_order(db)
    seconds = (_last_done(db) - began).total_seconds()
    db.close()
    return FACTS / seconds


def _message(caso_id: UUID, sequence: int) -> Mensaje:
    cuerpo = to_cloudevent(
        CasoMedido(caso_id=caso_id, codigo=CODE),
        evento_id=uuid7(),
        source="/independencia/casos",
        sequence=sequence,
        time=real_now(),
        clasificacion=Clasificacion.INTERNO,
    )
    return Mensaje.of(cuerpo)


def _assert_once_and_in_order(db: Database) -> None:
    with db.read() as session:
        rows = session.execute(
            select(Efecto.evento_id, Efecto.agregado, Efecto.secuencia).order_by(Efecto.id)
        ).all()
    assert len(rows) == len({row.evento_id for row in rows}) == FACTS
    last: Counter[str] = Counter()
    for row in rows:
        assert row.secuencia == last[row.agregado] + 1, "an order break"
        last[row.agregado] = row.secuencia


def _latencies(postgres_url: str, amqp_url: str) -> Sequence[float]:
    """Milliseconds from the commit of a fact to that of its effect, by PostgreSQL's clock."""
    casos, agenda = _database(postgres_url, "casos"), _database(postgres_url, "agenda")
    stack = ExitStack()
    with stack:
        stack.enter_context(_program("relay", casos.url, amqp_url))
        stack.enter_context(_program("subscriber", agenda.url, amqp_url))
        warm = PER_SECOND
        began = time.perf_counter()
        for number in range(warm + LATENCY_FACTS):
            time.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
            with casos.begin() as session:
                emitir(session, CasoMedido(caso_id=uuid7(), codigo=CODE))
        while _count(agenda, Estado.HECHO) < warm + LATENCY_FACTS:
            time.sleep(0.2)
    # Each fact has an aggregate of its own, whose counter nobody writes again.
    told = _committed(casos, AggregateCounter.__tablename__)
    done = _committed(agenda, Efecto.__tablename__)
    casos.close()
    agenda.close()
    # The aggregates sort by their moment: the first second warms up.
    return [(done[one] - told[one]).total_seconds() * 1000 for one in sorted(told)[warm:]]


def _latencies_by_hand() -> Sequence[float]:
    with _servers() as (postgres_url, amqp_url):
        return by_hand.latencies(
            postgres_url.replace("+psycopg", ""),
            amqp_url,
            per_second=PER_SECOND,
            facts=LATENCY_FACTS,
        )


def _p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100)[98]


def _recovered() -> Iterator[Result]:
    """The longest wait from a kill -9 to the effect of a fact that was told after it."""
    carriers = ("casos-relay", "agenda-ingest", "agenda-worker-1")
    with ExitStack() as stack:
        postgres = stack.enter_context(servers.own_postgres())
        cluster = servers.Cluster([stack.enter_context(servers.own_rabbitmq())])
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        chaos = Chaos(postgres, cluster, folder, facts=RECOVERY_FACTS, rate=RECOVERY_RATE)
        blows = [partial(chaos.kill, name) for name in carriers]
        blows += [chaos.kill_postgres, lambda: chaos.kill_node(cluster.nodes[0])]
        _strike(chaos, blows)
        longest = chaos.recovered()
    for what, seconds in longest.items():
        print(f"bus.recovery_s: {what} {seconds:.2f} s", flush=True)
    yield Result("recovery_s", max(longest.values()), "s after the kill -9 of any one of five")
    with ExitStack() as stack:
        postgres = stack.enter_context(servers.own_postgres())
        cluster = stack.enter_context(servers.rabbitmq_cluster())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        chaos = Chaos(postgres, cluster, folder, facts=RECOVERY_FACTS, rate=RECOVERY_RATE)
        _strike(chaos, [lambda: chaos.kill_node(cluster.leader("agenda.eventos"), down=3)])
        leader = max(chaos.recovered().values())
    yield Result("recovery_leader_s", leader, "s after the kill -9 of a cluster's leader")


def _strike(chaos: Chaos, blows: Sequence[Callable[[], None]]) -> None:
    """Strike at equal distances while facts are told; what is wrong at the end ends the bench."""
    with chaos.running():
        for number, blow in enumerate(blows, 1):
            chaos.wait_for(number / (len(blows) + 1))
            blow()
        wrong = chaos.settle()
    if wrong:
        raise RuntimeError(f"facts are not where they must be: {wrong}")


def _committed(db: Database, table: str) -> dict[str, datetime]:
    query = text(f"SELECT agregado, pg_xact_commit_timestamp(xmin) FROM {table}")
    with db.read() as session:
        return {row[0]: row[1] for row in session.execute(query)}


@contextmanager
def _servers(*, broker: bool = True) -> Iterator[tuple[str, str]]:
    with ExitStack() as stack:
        postgres = stack.enter_context(
            servers.own_postgres(fsync="on", track_commit_timestamp="on")
        )
        amqp = stack.enter_context(servers.own_rabbitmq()).url if broker else ""
        yield postgres.url.replace("postgresql://", "postgresql+psycopg://"), amqp


@contextmanager
def _program(role: str, *arguments: str) -> Iterator[None]:
    """A process of `programs/carrier.py`, at work."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.programs.carrier", role, *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == READY, f"{role} did not start"
        yield
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _count(db: Database, estado: Estado) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).where(Inbox.estado == estado)) or 0


def _last_done(db: Database) -> datetime:
    with db.read() as session:
        last = session.scalar(select(func.max(Inbox.hecho_en)))
    assert last is not None
    return last


def _database(postgres_url: str, servicio: str) -> Database:
    server = Database(postgres_url)
    with server.alone() as connection:
        connection.execute(text(f"CREATE DATABASE {servicio}"))
    server.close()
    return _prepared(servicio, Database(postgres_url.rpartition("/")[0] + f"/{servicio}"))


def _prepared(servicio: str, db: Database) -> Database:
    migrate(servicio, db)
    _Base.metadata.create_all(db.engine)
    return db


def _fill(db: Database) -> None:
    casos = [uuid7() for _ in range(AGGREGATES)]
    for _ in range(FACTS // AGGREGATES):
        with db.begin() as session:
            for caso_id in casos:
                emitir(session, CasoMedido(caso_id=caso_id, codigo=CODE))
