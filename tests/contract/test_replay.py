"""Running facts once more keeps the order of each aggregate, on both columns.

An aggregate's effects may only be what a single hand could have done: all that was chosen runs
again in the order of the numbers, and no later fact comes between.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from columns import COLUMNS
from contract import effects
from contract.effects import efectos
from oficina.actor import Actor
from oficina.audit import Auditoria
from oficina.bus import admin, replay
from oficina.bus.admin import Orden
from oficina.bus.inbox import Handlers, Sobre
from oficina.bus.outbox import emitir
from oficina.bus.relay import Relay
from oficina.bus.replay import Alcance, BuzonOcupado, Pagina, Tramo, Vuelta
from oficina.bus.tables import Estado, Inbox
from oficina.bus.transport import LocalTransport
from oficina.bus.worker import MAX_TRIES, Worker
from oficina.clock import real_now
from oficina.db import Database, uuid7
from oficina.errors import DomainError
from oficina.events.casos import CasoElevado, CasoOrientado
from oficina.privacy import Keyring, use_keyring

ORDEN = Orden(actor=Actor.sistema("acogida"), motivo="se hizo mal")
ORIENTADO = Tramo(tipo=CasoOrientado.tipo)


@dataclass
class Bus:
    """A service that tells, one that hears and whose handler leaves a trace of each run."""

    casos: Database
    agenda: Database
    handlers: Handlers
    failing: set[tuple[UUID, int]] = field(default_factory=set)

    def tell(self, *casos: UUID) -> None:
        """The next fact of each case, and into the inbox with it."""
        for caso_id in casos:
            with self.casos.begin() as session:
                emitir(session, CasoOrientado(caso_id=caso_id, tema="REG.TEMP"))
        relay = Relay(self.casos, LocalTransport([(self.agenda, self.handlers)]), "casos")
        while relay.run_once():
            pass

    def worker(self) -> Worker:
        return Worker(self.agenda, self.handlers, delay=lambda _tries: 0.0)

    def work(self) -> None:
        """Until nothing is eligible."""
        worker = self.worker()
        while worker.run_once():
            pass

    def numbers(self, caso_id: UUID) -> list[int]:
        """The numbers of the facts of a case in the order in which their handler ran."""
        query = select(efectos.c.secuencia).where(efectos.c.agregado == f"caso/{caso_id}")
        with self.agenda.read() as session:
            return list(session.scalars(query.order_by(efectos.c.id)))

    def states(self, caso_id: UUID) -> list[Estado]:
        query = select(Inbox.estado).where(Inbox.agregado == f"caso/{caso_id}")
        with self.agenda.read() as session:
            return list(session.scalars(query.order_by(Inbox.secuencia)))


@pytest.fixture
def make_bus(fresh_db: Callable[[str, str], Database], tmp_path: Path) -> Callable[[str], Bus]:
    """A bus on a column."""
    use_keyring(Keyring.load(tmp_path / "claves"))

    def make(column: str) -> Bus:
        return _bus(fresh_db(column, "casos"), fresh_db(column, "agenda"))

    return make


def _bus(casos: Database, agenda: Database) -> Bus:
    effects.metadata.create_all(agenda.engine)
    made = Bus(casos, agenda, Handlers("agenda"))

    @made.handlers.on(CasoOrientado)
    def leave_a_trace(session: Session, hecho: CasoOrientado, sobre: Sobre) -> None:
        if (hecho.caso_id, sobre.sequence) in made.failing:
            raise RuntimeError("refused")
        effects.leave_a_trace(session, sobre)

    return made


@pytest.fixture(params=COLUMNS)
def bus(request: pytest.FixtureRequest, make_bus: Callable[[str], Bus]) -> Bus:
    """On each column."""
    return make_bus(request.param)


@pytest.fixture(params=COLUMNS[1:])
def pg_bus(request: pytest.FixtureRequest, make_bus: Callable[[str], Bus]) -> Bus:
    """On PostgreSQL, where several write at once."""
    return make_bus(request.param)


def _replay(bus: Bus, alcance: Alcance) -> Vuelta:
    return replay.replay(bus.agenda, ORDEN, ORIENTADO, alcance)


def _bring(bus: Bus, alcance: Alcance) -> Vuelta:
    def pages(despues: str) -> Pagina:
        return replay.enviados(bus.casos, ORIENTADO, despues, limite=1)

    return replay.traer(pages, bus.agenda, bus.handlers, ORDEN, alcance)


BOTH = pytest.mark.parametrize("again", [_replay, _bring], ids=["own", "from its producer"])
Again = Callable[[Bus, Alcance], Vuelta]


@BOTH
def test_what_is_done_runs_again_in_front_of_a_parked_follower(bus: Bus, again: Again) -> None:
    caso = uuid7()
    bus.failing = {(caso, 3)}
    bus.tell(*[caso] * 4)
    bus.work()
    assert bus.states(caso) == [Estado.HECHO, Estado.HECHO, Estado.MUERTO, Estado.PENDIENTE]

    done = again(bus, Alcance())
    bus.failing.clear()
    admin.reintentar(bus.agenda, ORDEN)
    bus.work()

    assert done == Vuelta(cuantos=2, siguiente=None)
    assert bus.numbers(caso) == [1, 2, 1, 2, 3, 4]


@BOTH
def test_a_parked_follower_stays_parked(bus: Bus, again: Again) -> None:
    caso = uuid7()
    bus.failing = {(caso, 2)}
    bus.tell(*[caso] * 3)
    bus.work()

    again(bus, Alcance())
    bus.work()

    assert bus.numbers(caso) == [1, 1]
    assert bus.states(caso) == [Estado.HECHO, Estado.MUERTO, Estado.PENDIENTE]


@BOTH
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_a_span_in_pieces_with_work_between_keeps_each_order(
    bus: Bus, again: Again, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A follower that becomes eligible while the span is under way comes before or behind."""
    monkeypatch.setattr(replay, "TANDA", 1)
    casos = [uuid7() for _ in range(5)]
    bus.failing = {(caso, 3) for caso in casos}
    bus.tell(*casos * 4)
    worker = bus.worker()
    while any(bus.numbers(caso) != [1, 2] for caso in casos):
        worker.run_once()
    bus.failing.clear()  # the third waits for its next try, at once

    iniciado, despues, total = real_now(), "", 0
    while True:
        done = again(bus, Alcance(iniciado=iniciado, despues=despues, limite=limit))
        total += done.cuantos
        if done.siguiente is None:
            break
        despues = done.siguiente
        worker.run_once()
    bus.work()

    assert total >= 2
    for caso in casos:
        assert bus.numbers(caso) in ([1, 2, 1, 2, 3, 4], [1, 2, 3, 1, 2, 4], [1, 2, 3, 4, 1, 2])


@BOTH
def test_an_interrupted_span_goes_on_without_running_anything_twice(
    bus: Bus, again: Again, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "TANDA", 1)
    casos = [uuid7() for _ in range(6)]
    bus.tell(*casos * 2)
    bus.work()

    iniciado = real_now()
    first = again(bus, Alcance(iniciado=iniciado, limite=5))
    assert first.siguiente is not None
    touched = [caso for caso in casos if Estado.PENDIENTE in bus.states(caso)]
    assert all(bus.states(caso) == [Estado.PENDIENTE] * 2 for caso in touched)
    bus.work()
    rest = again(bus, Alcance(iniciado=iniciado))  # from its beginning: where it was is forgotten
    bus.work()

    assert first.cuantos == 6
    assert rest == Vuelta(cuantos=6, siguiente=None)
    assert [bus.numbers(caso) for caso in casos] == [[1, 2, 1, 2]] * 6


def test_what_was_brought_stays_when_the_producer_goes_away(bus: Bus) -> None:
    casos = sorted(uuid7() for _ in range(3))
    bus.tell(*casos)
    bus.work()

    class Away(DomainError):
        """Nobody answers."""

    def pages(despues: str) -> Pagina:
        if despues:
            raise Away
        return replay.enviados(bus.casos, Tramo(), despues, limite=1)

    with pytest.raises(Away):
        replay.traer(pages, bus.agenda, bus.handlers, ORDEN)
    bus.work()

    assert [bus.numbers(caso) for caso in casos] == [[1, 1], [1], [1]]


def test_a_page_of_the_producer_ends_with_a_whole_aggregate(bus: Bus) -> None:
    casos = sorted(uuid7() for _ in range(3))
    bus.tell(*casos, *casos, casos[1])
    with bus.casos.begin() as session:
        emitir(session, CasoElevado(caso_id=casos[2], motivo_codigo="vulnerabilidad"))

    pages, despues = [], ""
    while True:
        page = replay.enviados(bus.casos, ORIENTADO, despues, limite=3)
        pages.append([(cuerpo["subject"], int(cuerpo["sequence"])) for cuerpo in page.eventos])
        if page.siguiente is None:
            break
        despues = page.siguiente

    first, second, third = (f"caso/{caso}" for caso in casos)
    assert pages == [
        [(first, 1), (first, 2), (second, 1), (second, 2), (second, 3)],
        [(third, 1), (third, 2)],
    ]
    assert replay.contar_enviados(bus.casos, Tramo()) == {CasoOrientado.tipo: 7}


def test_what_was_forgotten_comes_back_in_its_place(bus: Bus) -> None:
    caso = uuid7()
    bus.tell(*[caso] * 3)
    bus.work()
    with bus.agenda.begin() as session:
        session.execute(delete(Inbox).where(Inbox.secuencia == 1))

    done = _bring(bus, Alcance())
    bus.work()

    assert done.cuantos == 3
    assert bus.numbers(caso) == [1, 2, 3, 1, 2, 3]


def test_one_fact_runs_again_alone_and_who_wanted_it_is_written(bus: Bus) -> None:
    caso = uuid7()
    bus.tell(caso, caso)
    bus.work()
    (_, first) = admin.listar(bus.agenda, estado=Estado.HECHO)

    done = replay.replay(bus.agenda, ORDEN, Tramo(evento_id=first.evento_id))
    bus.work()
    nothing = replay.replay(bus.agenda, ORDEN, Tramo(evento_id=uuid7()))

    assert (done.cuantos, nothing.cuantos) == (1, 0)
    assert bus.numbers(caso) == [1, 2, 1]
    opened = admin.abrir(bus.agenda, first.evento_id)
    assert opened is not None
    assert [(one.accion, one.motivo) for one in opened.historia] == [("bus.replay", "se hizo mal")]
    with bus.agenda.read() as session:
        assert len(session.scalars(select(Auditoria)).all()) == 1


def test_age_counts_from_when_it_was_wanted_again(bus: Bus) -> None:
    caso = uuid7()
    bus.tell(caso)
    bus.work()
    with bus.agenda.begin() as session:
        row = session.scalars(select(Inbox)).one()
        row.recibido = row.recibido.replace(year=2020)

    _replay(bus, Alcance())

    now = admin.resumen(bus.agenda)
    assert (now.por_hacer, now.reintentando) == (1, 0)
    assert now.edad_por_hacer < 3600


def test_a_replay_beside_busy_workers_lets_nothing_come_between(pg_bus: Bus) -> None:
    casos = [uuid7() for _ in range(40)]
    bus = pg_bus
    bus.failing = {(caso, 3) for caso in casos}
    bus.tell(*casos * 3)
    bus.work()
    stop = threading.Event()
    threads = [threading.Thread(target=bus.worker().run, args=(stop,)) for _ in range(3)]
    bus.failing.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay, "TANDA", 1)
        for thread in threads:
            thread.start()
        retried = threading.Thread(target=admin.reintentar, args=(bus.agenda, ORDEN))
        retried.start()
        replay.replay(bus.agenda, ORDEN, Tramo(hasta=real_now(), tipo=CasoOrientado.tipo))
        retried.join()
    stop.set()
    bus.agenda.inbox_changed.set()
    for thread in threads:
        thread.join()
    bus.work()

    allowed = ([1, 2, 1, 2, 3], [1, 2, 3, 1, 2], [1, 2, 3, 1, 2, 3])
    assert [n for n in map(bus.numbers, casos) if n not in allowed] == []


def test_a_replay_waits_for_the_handlers_that_run_and_says_so(
    pg_bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "PACIENCIA_MS", 100)
    caso, entered, leave = uuid7(), threading.Event(), threading.Event()
    pg_bus.tell(caso)
    pg_bus.work()

    @pg_bus.handlers.on(CasoOrientado)
    def dawdle(_session: Session, _hecho: CasoOrientado, _sobre: Sobre) -> None:
        entered.set()
        leave.wait(60)

    pg_bus.tell(caso)
    thread = threading.Thread(target=pg_bus.work)
    thread.start()
    assert entered.wait(60)
    try:
        with pytest.raises(BuzonOcupado):
            _replay(pg_bus, Alcance())
    finally:
        leave.set()
        thread.join()

    assert pg_bus.numbers(caso) == [1, 2]
    assert _replay(pg_bus, Alcance()).cuantos == 2


def test_only_what_failed_is_tried_again(bus: Bus) -> None:
    caso, other = uuid7(), uuid7()
    bus.failing = {(caso, 1)}
    bus.tell(caso, caso, other)
    bus.work()
    bus.tell(other)  # waits, and has not failed

    assert admin.fallidos_por_tipo(bus.agenda) == [
        admin.FallidosDeTipo(tipo=CasoOrientado.tipo, muertos=1, reintentando=0)
    ]
    (parked,) = admin.listar(bus.agenda, fallidos=True)
    assert (parked.intentos, parked.detenidos) == (MAX_TRIES, 1)
    assert admin.reintentar(bus.agenda, ORDEN, tipo="casos.caso.cerrado") == 0
    assert admin.reintentar(bus.agenda, ORDEN, tipo=CasoOrientado.tipo) == 1


def test_the_list_goes_on_where_the_page_before_ended(bus: Bus) -> None:
    bus.tell(*(uuid7() for _ in range(5)))
    whole = [one.evento_id for one in admin.listar(bus.agenda)]

    first = admin.listar(bus.agenda, limite=3)
    second = admin.listar(bus.agenda, limite=3, antes=first[-1].fila)

    assert [one.evento_id for one in (*first, *second)] == whole
