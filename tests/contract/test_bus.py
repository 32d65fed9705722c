"""The guarantees of the bus, the same on both columns: SQLite inside one process, and
PostgreSQL with RabbitMQ."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import UUID

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker
from prometheus_client import REGISTRY
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from contract import effects
from contract.effects import efectos
from oficina import telemetry
from oficina.actor import Actor
from oficina.audit import Auditoria
from oficina.bus import admin, broker, catalogue, replay, topology
from oficina.bus.admin import Orden
from oficina.bus.amqp import AmqpTransport, _letter, _Link
from oficina.bus.inbox import Handlers, Mensaje, Sobre
from oficina.bus.ingest import AmqpIngest
from oficina.bus.outbox import emitir
from oficina.bus.relay import Relay
from oficina.bus.replay import Tramo, Vuelta
from oficina.bus.tables import Estado, Inbox, Outbox
from oficina.bus.transport import LocalTransport, PublicacionFallida, Transport
from oficina.bus.worker import MAX_TRIES, Worker
from oficina.db import Database, uuid7
from oficina.events import Clasificacion
from oficina.events.casos import CasoAbierto, CasoElevado, CasoOrientado
from oficina.privacy import Keyring, use_keyring
from servers import connected

PATIENCE = 60.0
ORDEN = Orden(actor=Actor.sistema("acogida"), motivo="caso duplicado")


@dataclass
class Bus:
    """One service that tells, one that hears, and what lies between them."""

    casos: Database
    agenda: Database
    handlers: Handlers
    transport: Transport
    ingest: AmqpIngest | None
    amqp_url: str
    """Of the one who makes queues; empty in the embedded column."""
    failing: set[tuple[str, int]] = field(default_factory=set)
    """(aggregate, number) of the facts that the handler refuses."""

    def declare(self) -> None:
        """Have the queue of who hears, with what its handlers want, as `acogida migrate` does."""
        if self.amqp_url:
            broker.declare(self.amqp_url, [self.handlers])

    def tell(self, *casos: UUID) -> None:
        """One fact about each case, in one transaction."""
        with self.casos.begin() as own:
            for caso_id in casos:
                emitir(own, CasoOrientado(caso_id=caso_id, tema="REG.TEMP"))

    def relay(self) -> Relay:
        return Relay(self.casos, self.transport, "casos")

    def worker(self) -> Worker:
        return Worker(self.agenda, self.handlers, delay=lambda _tries: 0.0)

    def pump(self, until: Callable[[], bool], *workers: Worker) -> None:
        """Relay and work until something is true."""
        relay = self.relay()
        workers = workers or (self.worker(),)
        deadline = time.monotonic() + PATIENCE
        with self._reading():
            while not until():
                assert time.monotonic() < deadline, admin.listar(self.agenda)
                moved = relay.run_once() + sum(worker.run_once() for worker in workers)
                if not moved:
                    time.sleep(0.01)

    def effects(self) -> list[tuple[str, int]]:
        with self.agenda.read() as session:
            rows = session.execute(select(efectos).order_by(efectos.c.id))
            return [(row.agregado, row.secuencia) for row in rows]

    def count(self, estado: Estado) -> int:
        with self.agenda.read() as session:
            query = select(func.count()).select_from(Inbox).where(Inbox.estado == estado)
            return session.scalar(query) or 0

    def arrived(self) -> int:
        with self.agenda.read() as session:
            return session.scalar(select(func.count()).select_from(Inbox)) or 0

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if self.ingest is None:
            yield
            return
        stop = threading.Event()
        thread = threading.Thread(target=self.ingest.run, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.servers)])
def bus(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Iterator[Bus]:
    """A bus of each column, with databases made by the migrations."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    servers = request.param == "servers"
    with ExitStack() as stack:
        column = "postgresql" if servers else "sqlite"
        casos, agenda = fresh_db(column, "casos"), fresh_db(column, "agenda")
        effects.metadata.create_all(agenda.engine)
        handlers = Handlers("agenda")
        transport: Transport = LocalTransport([(agenda, handlers)])
        ingest, amqp_url = None, ""
        if servers:
            amqp_url = request.getfixturevalue("amqp_url")
            # As in production: each with its own user, who may not make what it uses.
            amqp_as = request.getfixturevalue("amqp_as")
            transport = AmqpTransport(amqp_as("casos"), [handlers])
            ingest = AmqpIngest(amqp_as("agenda"), agenda, handlers)
        stack.callback(transport.close)
        made = Bus(casos, agenda, handlers, transport, ingest, amqp_url)

        @handlers.on(CasoOrientado)
        def leave_a_trace(session: Session, _hecho: CasoOrientado, sobre: Sobre) -> None:
            effects.leave_a_trace(session, sobre)
            if (sobre.subject, sobre.sequence) in made.failing:
                raise RuntimeError("refused")

        made.declare()
        yield made


def _in_order(effects: list[tuple[str, int]]) -> bool:
    last: dict[str, int] = {}
    for agregado, secuencia in effects:
        if secuencia <= last.get(agregado, 0):
            return False
        last[agregado] = secuencia
    return True


def test_every_fact_has_its_effect_once_and_in_order(bus: Bus) -> None:
    casos = [uuid7() for _ in range(7)]
    for _ in range(3):
        bus.tell(*casos, *casos)

    bus.pump(lambda: len(bus.effects()) >= 42)

    assert len(bus.effects()) == len(set(bus.effects())) == 42
    assert _in_order(bus.effects())
    assert bus.count(Estado.HECHO) == 42
    assert admin.resumen(bus.casos).por_publicar == 0


def test_a_fact_of_a_rolled_back_transaction_is_never_told(bus: Bus) -> None:
    def fail() -> None:
        with bus.casos.begin() as session:
            emitir(session, CasoOrientado(caso_id=uuid7(), tema="REG.TEMP"))
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError):
        fail()

    assert bus.relay().run_once() == 0


def test_a_batch_sent_again_after_a_crash_before_its_mark_changes_nothing(bus: Bus) -> None:
    bus.tell(*(uuid7() for _ in range(5)))
    with bus.casos.read() as session:
        waiting = [Mensaje.of(cuerpo) for cuerpo in session.scalars(select(Outbox.cuerpo))]
    bus.transport.enviar(waiting).esperar()

    bus.pump(lambda: len(bus.effects()) >= 5)
    bus.tell(uuid7())
    bus.pump(lambda: len(bus.effects()) >= 6)

    assert len(bus.effects()) == len(set(bus.effects())) == 6


def test_two_relays_and_two_workers_keep_the_order(bus: Bus) -> None:
    casos = [uuid7() for _ in range(10)]
    for _ in range(10):
        bus.tell(*casos)
    stop = threading.Event()
    runners = [bus.relay().run, bus.relay().run, bus.worker().run, bus.worker().run]
    threads = [threading.Thread(target=run, args=(stop,)) for run in runners]
    for thread in threads:
        thread.start()
    try:
        bus.pump(lambda: len(bus.effects()) >= 100)
    finally:
        stop.set()
        bus.casos.outbox_changed.set()
        bus.agenda.inbox_changed.set()
        for thread in threads:
            thread.join()

    assert len(bus.effects()) == len(set(bus.effects())) == 100
    assert _in_order(bus.effects())


def test_a_handler_that_fails_leaves_no_trace_and_its_followers_wait(bus: Bus) -> None:
    poisoned, healthy = uuid7(), uuid7()
    bus.failing.add((f"caso/{poisoned}", 2))
    for _ in range(3):
        bus.tell(poisoned, healthy)

    bus.pump(lambda: bus.count(Estado.MUERTO) == 1 and bus.count(Estado.HECHO) == 4)

    assert sorted(bus.effects()) == sorted(
        [(f"caso/{poisoned}", 1), *((f"caso/{healthy}", number) for number in (1, 2, 3))]
    )
    (parked,) = admin.listar(bus.agenda, estado=Estado.MUERTO)
    assert parked.intentos == MAX_TRIES
    assert parked.detenidos == 1
    assert (parked.error or "").startswith("RuntimeError (")
    assert "refused" not in (parked.error or "")
    assert "leave_a_trace" in (parked.error or "")


def test_a_parked_fact_goes_on_when_it_is_tried_again(bus: Bus) -> None:
    caso = uuid7()
    bus.failing.add((f"caso/{caso}", 1))
    for _ in range(3):
        bus.tell(caso)
    bus.pump(lambda: bus.count(Estado.MUERTO) == 1 and bus.arrived() == 3)

    bus.failing.clear()
    (parked,) = admin.listar(bus.agenda, estado=Estado.MUERTO)
    changed = admin.reintentar(bus.agenda, ORDEN, evento_id=parked.evento_id)
    bus.pump(lambda: len(bus.effects()) == 3)

    assert changed == 1
    assert bus.effects() == [(f"caso/{caso}", number) for number in (1, 2, 3)]


def test_a_skipped_fact_lets_its_followers_go_on_and_keeps_the_note(bus: Bus) -> None:
    caso = uuid7()
    bus.failing.add((f"caso/{caso}", 1))
    bus.tell(caso)
    bus.tell(caso)
    bus.pump(lambda: bus.count(Estado.MUERTO) == 1 and bus.arrived() == 2)
    (parked,) = admin.listar(bus.agenda, estado=Estado.MUERTO)

    admin.saltar(bus.agenda, ORDEN, parked.evento_id)
    bus.pump(lambda: len(bus.effects()) == 1)

    assert bus.effects() == [(f"caso/{caso}", 2)]
    skipped = [row for row in admin.listar(bus.agenda, estado=Estado.HECHO) if row.error]
    assert [row.error for row in skipped] == ["saltado: caso duplicado"]


def test_a_fact_parked_by_hand_holds_its_followers_until_it_is_tried(bus: Bus) -> None:
    caso, other = uuid7(), uuid7()
    bus.failing.add((f"caso/{caso}", 1))
    for one in (caso, caso, other):
        bus.tell(one)
    bus.pump(lambda: bus.arrived() == 3 and len(bus.effects()) == 1)
    waiting = admin.listar(bus.agenda, estado=Estado.PENDIENTE)[-1]

    parked = admin.detener(bus.agenda, ORDEN, waiting.evento_id)
    bus.failing.clear()
    bus.tell(other)
    bus.pump(lambda: len(bus.effects()) == 2)
    assert {aggregate for aggregate, _number in bus.effects()} == {f"caso/{other}"}
    again = admin.detener(bus.agenda, ORDEN, waiting.evento_id)
    admin.reintentar(bus.agenda, ORDEN, evento_id=waiting.evento_id)
    bus.pump(lambda: len(bus.effects()) == 4)

    assert (parked, again) == (1, 0)
    of_the_case = [number for aggregate, number in bus.effects() if aggregate == f"caso/{caso}"]
    assert of_the_case == [1, 2]


def test_replay_runs_handlers_again_and_telling_again_does_not(bus: Bus) -> None:
    caso = uuid7()
    bus.tell(caso)
    bus.tell(caso)
    bus.pump(lambda: len(bus.effects()) == 2)
    (first, *_) = admin.listar(bus.agenda, estado=Estado.HECHO)

    told_again = replay.reenviar(bus.casos, ORDEN, Tramo(desde=first.recibido.replace(year=2020)))
    bus.tell(caso)
    bus.pump(lambda: len(bus.effects()) == 3 and admin.resumen(bus.casos).por_publicar == 0)
    run_again = replay.replay(bus.agenda, ORDEN, Tramo()).cuantos
    bus.pump(lambda: len(bus.effects()) == 6)

    assert told_again == 2
    assert run_again == 3
    assert bus.effects() == [(f"caso/{caso}", number) for number in (1, 2, 3, 1, 2, 3)]


def test_one_subscriber_hears_again_what_its_producer_told_and_in_order(bus: Bus) -> None:
    caso = uuid7()
    for _ in range(3):
        bus.tell(caso)
    bus.pump(lambda: len(bus.effects()) == 3)
    (latest, *_) = admin.listar(bus.agenda, estado=Estado.HECHO)
    with bus.agenda.begin() as session:  # forgotten, as after the loss of a database
        session.execute(delete(Inbox).where(Inbox.evento_id == latest.evento_id))

    told = partial(replay.enviados, bus.casos, Tramo(tipo=CasoOrientado.tipo), limite=2)
    heard = replay.traer(told, bus.agenda, bus.handlers, ORDEN)
    bus.pump(lambda: len(bus.effects()) == 6)

    assert heard == Vuelta(cuantos=3, siguiente=None)
    assert bus.effects() == [(f"caso/{caso}", number) for number in (1, 2, 3, 1, 2, 3)]
    with bus.agenda.read() as session:
        audited = session.scalars(select(Auditoria)).all()
    assert [(one.accion, one.motivo, one.cantidad) for one in audited] == [
        ("bus.reenviar", "caso duplicado", 3)
    ]


def test_only_wanted_facts_are_kept_reserved_ones_too(bus: Bus) -> None:
    with bus.casos.begin() as session:
        caso_id = uuid7()
        unwanted = CasoElevado(caso_id=caso_id, motivo_codigo="vulnerabilidad")
        emitir(session, unwanted)
        wanted = CasoOrientado(caso_id=caso_id, tema="REG.TEMP")
        emitir(session, wanted, clasificacion=Clasificacion.RESERVADO)

    bus.pump(lambda: len(bus.effects()) == 1)

    assert bus.effects() == [(f"caso/{caso_id}", 2)]
    assert bus.arrived() == 1


def test_facts_keep_the_thread_of_their_story(bus: Bus) -> None:
    @bus.handlers.on(CasoAbierto)
    def answer(session: Session, hecho: CasoAbierto, _sobre: Sobre) -> None:
        emitir(session, CasoOrientado(caso_id=hecho.caso_id, tema="REG.TEMP"))

    bus.declare()
    request = telemetry.Trace.new()
    with telemetry.follow(trace=str(request)), bus.casos.begin() as session:
        opened = CasoAbierto(
            caso_id=uuid7(),
            tipo_caso="general",
            instancia="primera",
            prioridad="normal",
            unidad="om",
        )
        first = emitir(session, opened)

    bus.pump(lambda: bus.count(Estado.HECHO) == 1)

    with bus.agenda.read() as session:
        answered = session.scalars(select(Outbox.cuerpo)).one()
    with bus.casos.read() as session:
        told = session.scalars(select(Outbox.cuerpo)).one()
    assert answered["causationid"] == str(first)
    assert answered["correlationid"] == told["correlationid"]
    parents = [telemetry.Trace.parse(one["traceparent"]) for one in (told, answered)]
    assert [parent.trace_id for parent in parents if parent] == [request.trace_id] * 2


@pytest.mark.servers
def test_what_is_no_fact_goes_to_the_dead_letter_queue(
    amqp_url: str, fresh_db: Callable[[str, str], Database]
) -> None:
    db = fresh_db("postgresql", "agenda")
    handlers = Handlers("agenda")
    handlers.on_pattern("casos.#")(lambda _session, _hecho, _sobre: None)
    broker.declare(amqp_url, [handlers])
    stop = threading.Event()
    thread = threading.Thread(target=AmqpIngest(amqp_url, db, handlers).run, args=(stop,))
    thread.start()
    with connected(amqp_url) as connection:
        channel = connection.channel()
        channel.basic_publish(topology.EVENTOS, "casos.caso.abierto", b"\xff not a fact")

        deadline = time.monotonic() + PATIENCE
        dead = None
        while dead is None and time.monotonic() < deadline:
            _, properties, dead = channel.basic_get("agenda.muerta", auto_ack=True)
            connection.sleep(0.05)
    stop.set()
    thread.join()
    db.close()

    assert dead == b"\xff not a fact"
    assert properties is not None
    assert properties.headers["motivo"] == "not JSON"
    assert properties.headers["clave"] == "casos.caso.abierto"
    assert REGISTRY.get_sample_value("acogida_ingest_dead_total", {"servicio": "agenda"})


@pytest.mark.servers
def test_a_queue_that_somebody_deleted_is_made_again(
    amqp_url: str, fresh_db: Callable[[str, str], Database]
) -> None:
    db = fresh_db("postgresql", "agenda")
    handlers = Handlers("agenda")
    handlers.on(CasoOrientado)(lambda _session, _hecho, _sobre: None)
    broker.declare(amqp_url, [handlers])
    stop = threading.Event()
    thread = threading.Thread(target=AmqpIngest(amqp_url, db, handlers).run, args=(stop,))
    thread.start()

    def heard() -> int:
        with db.read() as session:
            return session.scalar(select(func.count()).select_from(Inbox)) or 0

    def wait_for_one_more() -> None:
        before, deadline = heard(), time.monotonic() + PATIENCE
        transport = AmqpTransport(amqp_url, [handlers])
        while heard() == before:
            assert time.monotonic() < deadline, "nobody hears"
            transport.enviar([_message()]).esperar()
            time.sleep(0.2)
        transport.close()

    try:
        wait_for_one_more()
        with connected(amqp_url) as connection:
            connection.channel().queue_delete("agenda.eventos")
            deadline = time.monotonic() + PATIENCE
            while not _is_there(connection, "agenda.eventos"):
                assert time.monotonic() < deadline, "nobody makes it"
                connection.sleep(0.2)
        wait_for_one_more()
    finally:
        stop.set()
        thread.join()
        db.close()


@pytest.mark.servers
def test_a_fact_waits_for_a_service_that_never_started(amqp_url: str) -> None:
    handlers = Handlers("agenda")
    handlers.on(CasoOrientado)(lambda _session, _hecho, _sobre: None)
    transport = AmqpTransport(amqp_url, [handlers])

    transport.enviar([_message()]).esperar()
    transport.close()

    assert _length(amqp_url, "agenda.eventos") == 1


@pytest.mark.servers
def test_a_fact_that_nobody_took_or_a_lost_link_counts_as_not_published(amqp_url: str) -> None:
    transport = AmqpTransport(amqp_url, [], timeout=5)
    transport.enviar([_message()]).esperar()

    with connected(amqp_url) as connection:
        channel = connection.channel()
        channel.queue_unbind(topology.AUDITORIA, topology.EVENTOS, "#")
        with pytest.raises(PublicacionFallida, match="nobody is bound"):
            transport.enviar([_message()]).esperar()
        transport.enviar([_message()]).esperar()  # declared anew
        channel.exchange_delete(topology.EVENTOS)
        with pytest.raises(PublicacionFallida, match="NOT_FOUND"):
            transport.enviar([_message()]).esperar()
    transport.enviar([_message()]).esperar()
    transport.close()


@pytest.mark.servers
def test_a_batch_for_a_link_that_ends_at_that_moment_fails_at_once(amqp_url: str) -> None:
    (where,) = broker.parameters(amqp_url)
    link = _Link(where, timeout=10, on_missing=lambda: None)
    has_ended, may_go = threading.Event(), threading.Event()
    let_go = link._connection.ioloop.close

    def hold() -> None:
        """The thread stays for a moment, though it hears nothing any more."""
        has_ended.set()
        may_go.wait(PATIENCE)
        let_go()

    link._connection.ioloop.close = hold
    leaving = threading.Thread(target=link.close)
    leaving.start()
    assert has_ended.wait(PATIENCE)
    batch = link.send([_letter(_message())])
    may_go.set()
    leaving.join()

    assert isinstance(batch.exception(timeout=0), PublicacionFallida)


def test_a_broker_that_is_away_is_said_and_tried_again() -> None:
    away = AmqpTransport("amqp://guest:guest@127.0.0.1:1/%2F", [])

    with pytest.raises(PublicacionFallida):
        away.enviar([_message()]).esperar()
    with pytest.raises(PublicacionFallida):
        away.enviar([_message()]).esperar()


@pytest.mark.servers
def test_a_dead_host_is_passed_over(amqp_url: str) -> None:
    broker.declare(amqp_url, [])
    several = amqp_url.replace("@", "@127.0.0.1:1,")

    assert broker.parameters(several)[0].port == 1
    broker.declare(several, [])


def _message() -> Mensaje:
    return Mensaje.of({**catalogue.example(CasoOrientado), "id": str(uuid7())})


def _is_there(connection: pika.BlockingConnection, queue: str) -> bool:
    channel = connection.channel()
    try:
        channel.queue_declare(queue, passive=True)
    except ChannelClosedByBroker:
        return False
    channel.close()
    return True


def _length(amqp_url: str, queue: str) -> int:
    with connected(amqp_url) as connection:
        declared = connection.channel().queue_declare(queue, passive=True)
    return declared.method.message_count
