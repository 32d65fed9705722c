"""What a failing handler costs: itself, and nothing that the others did."""

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import CheckConstraint, ForeignKey, Integer, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

import columns
from oficina import telemetry
from oficina.bus.inbox import Handlers, Mensaje, Sobre, recibir
from oficina.bus.outbox import emitir
from oficina.bus.tables import Estado, Inbox, Outbox
from oficina.bus.worker import MAX_TRIES, Worker
from oficina.db import Database, new_registry, uuid7
from oficina.events.casos import CasoOrientado

TOLD = 30


class _Base(DeclarativeBase):
    registry = new_registry()


class Efecto(_Base):
    """What a handler of these tests leaves."""

    __tablename__ = "efectos"
    __table_args__ = (CheckConstraint("secuencia < 1000", name="posible"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    caso_id: Mapped[UUID]
    secuencia: Mapped[int]
    # Only looked at when the transaction commits.
    de_id: Mapped[int | None] = mapped_column(
        ForeignKey("efectos.id", deferrable=True, initially="DEFERRED")
    )


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    made = Database(columns.file_in(tmp_path, "agenda"))
    _Base.metadata.create_all(made.engine)
    yield made
    made.close()


@pytest.fixture
def structured_log() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    telemetry.configure_logging("WARNING")
    yield
    root.handlers[:] = before
    root.setLevel(level)


class _Office:
    """A service that hears one fact about each of some cases, and how often its handler ran."""

    def __init__(self, db: Database, *, ordenado: bool = True) -> None:
        self.db = db
        self.casos = [uuid7() for _ in range(TOLD)]
        self.runs: Counter[UUID] = Counter()
        self.culprit = self.casos[TOLD // 2]
        self.handlers = Handlers("agenda", ordenado=ordenado)
        self.handlers.on(CasoOrientado)(self._handle)

    def fail(self, session: Session) -> None:
        """What happens with the culprit; each test has its own."""

    def _handle(self, session: Session, hecho: CasoOrientado, sobre: Sobre) -> None:
        self.runs[hecho.caso_id] += 1
        session.add(Efecto(caso_id=hecho.caso_id, secuencia=sobre.sequence))
        if hecho.caso_id == self.culprit:
            self.fail(session)

    def hear(self, *casos: UUID) -> None:
        with self.db.begin() as session:
            for caso_id in casos or self.casos:
                emitir(session, CasoOrientado(caso_id=caso_id, tema="REG.TEMP"))
            session.flush()
            told = [Mensaje.of(body) for body in session.scalars(select(Outbox.cuerpo))]
            recibir(session.connection(), "agenda", told)

    def work(self) -> Worker:
        worker = Worker(self.db, self.handlers, delay=lambda _tries: 3600.0)
        while worker.run_once():
            pass
        return worker

    def effects(self) -> Counter[UUID]:
        with self.db.read() as session:
            return Counter(session.scalars(select(Efecto.caso_id)))

    def unfinished(self) -> list[tuple[str, int]]:
        query = select(Inbox.agregado, Inbox.intentos).where(Inbox.estado != Estado.HECHO)
        with self.db.read() as session:
            return [(row.agregado, row.intentos) for row in session.execute(query)]

    def assert_only_the_culprit_is_put_off(self) -> None:
        others = [caso_id for caso_id in self.casos if caso_id != self.culprit]
        assert self.effects() == Counter(others)
        assert self.unfinished() == [(f"caso/{self.culprit}", 1)]


def test_what_never_reached_the_database_is_forgotten_and_nobody_runs_twice(db: Database) -> None:
    office = _Office(db)

    def fail(_session: Session) -> None:
        raise RuntimeError("refused")

    office.fail = fail  # type: ignore[method-assign]  what this test is about
    office.hear()
    office.work()

    office.assert_only_the_culprit_is_put_off()
    assert set(office.runs.values()) == {1}


def test_the_log_of_a_failure_belongs_to_the_story_of_its_fact(
    db: Database, structured_log: None, capsys: pytest.CaptureFixture[str]
) -> None:
    office = _Office(db)

    def fail(_session: Session) -> None:
        raise RuntimeError("refused")

    office.fail = fail  # type: ignore[method-assign]  what this test is about
    with telemetry.follow():
        story, trace = telemetry.correlation_id.get(), telemetry.traceparent()
        office.hear(office.culprit)
    office.work()

    (line,) = [json.loads(one) for one in capsys.readouterr().err.splitlines()]
    with db.read() as session:
        evento = session.scalars(select(Inbox.evento_id)).one()
    assert line["event"] == "handler_failed"
    assert line["evento"] == str(evento)
    assert line["correlation_id"] == story
    assert line["trace_id"] == trace.split("-")[1]


def test_what_reached_the_database_is_undone_and_the_others_stay(db: Database) -> None:
    office = _Office(db)

    def fail(session: Session) -> None:
        session.flush()
        raise RuntimeError("refused")

    office.fail = fail  # type: ignore[method-assign]  what this test is about
    office.hear()
    office.work()

    office.assert_only_the_culprit_is_put_off()


def test_what_changed_something_that_was_there_is_undone(db: Database) -> None:
    office = _Office(db)
    with db.begin() as session:
        session.add(Efecto(id=1000, caso_id=office.culprit, secuencia=7))

    def fail(session: Session) -> None:
        session.get_one(Efecto, 1000).secuencia = 8
        raise RuntimeError("refused")

    office.fail = fail  # type: ignore[method-assign]  what this test is about
    office.hear()
    office.work()

    with db.read() as session:
        assert session.get_one(Efecto, 1000).secuencia == 7
    assert office.unfinished() == [(f"caso/{office.culprit}", 1)]


def test_an_effect_that_cannot_be_written_is_its_own_handlers_fault(db: Database) -> None:
    office = _Office(db)
    office.fail = lambda session: session.add(  # type: ignore[method-assign]  what this test is about
        Efecto(caso_id=office.culprit, secuencia=5000)
    )
    office.hear()
    office.work()

    office.assert_only_the_culprit_is_put_off()


def test_a_commit_that_fails_is_its_own_handlers_fault(db: Database) -> None:
    office = _Office(db)
    office.fail = lambda session: session.add(  # type: ignore[method-assign]  what this test is about
        Efecto(caso_id=office.culprit, secuencia=1, de_id=424242)
    )
    office.hear()
    office.work()

    office.assert_only_the_culprit_is_put_off()


@pytest.mark.parametrize("ordenado", [True, False])
def test_who_declares_that_order_is_all_the_same_waits_for_nobody(
    db: Database, *, ordenado: bool
) -> None:
    office = _Office(db, ordenado=ordenado)

    def fail_first(session: Session) -> None:
        if office.runs[office.culprit] <= MAX_TRIES:
            raise RuntimeError("refused")

    office.fail = fail_first  # type: ignore[method-assign]  what this test is about
    office.hear(office.culprit)
    worker = Worker(db, office.handlers, delay=lambda _tries: 0.0)
    while worker.run_once():
        pass
    office.hear(office.culprit)
    office.work()

    assert office.effects() == (Counter() if ordenado else Counter({office.culprit: 1}))


def test_followers_do_not_wait_for_the_next_look(db: Database) -> None:
    followers = 60  # a second each, if they did
    office = _Office(db)
    office.hear(*[office.casos[0]] * followers)

    _finish(office, Worker(db, office.handlers), seconds=followers / 2)

    assert office.effects() == {office.casos[0]: followers}


@pytest.mark.parametrize("at_commit", [False, True])
def test_what_may_run_again_while_its_batch_ends_does_not_wait_for_the_next_look(
    db: Database, monkeypatch: pytest.MonkeyPatch, *, at_commit: bool
) -> None:
    monkeypatch.setattr("oficina.bus.worker.POLL", 60.0)
    office = _Office(db)

    def fail_first(session: Session) -> None:
        # Whose commit fails runs with its batch, in a stretch and alone before it is put off.
        if at_commit and office.runs[office.culprit] <= 3:
            session.add(Efecto(caso_id=office.culprit, secuencia=1, de_id=424242))
        elif office.runs[office.culprit] == 1:
            raise RuntimeError("refused")

    office.fail = fail_first  # type: ignore[method-assign]  what this test is about
    office.hear()

    _finish(office, Worker(db, office.handlers, delay=lambda _tries: 0.0), seconds=30)

    assert office.effects() == Counter(office.casos)


def _finish(office: _Office, worker: Worker, *, seconds: float) -> None:
    """Have a worker run until nothing is unfinished; fails when that takes longer."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + seconds
    try:
        while office.unfinished():
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        stop.set()
        office.db.inbox_changed.set()
        thread.join()
