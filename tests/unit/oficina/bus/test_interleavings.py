"""Whatever happens in whatever order, each fact has its effect once and in its place."""

import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select
from sqlalchemy.orm import Session

from oficina.bus.inbox import Handlers, Mensaje, Sobre
from oficina.bus.outbox import emitir
from oficina.bus.relay import Relay
from oficina.bus.tables import Inbox
from oficina.bus.transport import Envio, LocalTransport
from oficina.bus.worker import Worker
from oficina.db import Database, uuid7
from oficina.events.casos import CasoOrientado
from oficina.migrations import migrate

CASOS = [uuid7() for _ in range(3)]

_metadata = MetaData()
efectos = Table(
    "efectos",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("agregado", String(120)),
    Column("secuencia", Integer),
)


class _Power(Exception):
    """The process dies here."""


class _Transport(LocalTransport):
    """The local transport, in a process that may die after the delivery and before its mark."""

    dies = False

    def enviar(self, mensajes: Sequence[Mensaje]) -> Envio:
        envio = super().enviar(mensajes)
        if self.dies:
            raise _Power
        return envio


@cache
def _template() -> Path:
    """An empty database with today's tables, to copy from."""
    path = Path(tempfile.mkdtemp()) / "plantilla.db"
    db = Database(f"sqlite:///{path}")
    migrate("casos", db)
    _metadata.create_all(db.engine)
    db.close()
    return path


class Interleavings(RuleBasedStateMachine):
    """A service that tells, one that hears, and everything that may come between them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.casos, self.agenda = self._database("casos"), self._database("agenda")
        self.told = dict.fromkeys(CASOS, 0)
        self.refuses: int | None = None
        handlers = Handlers("agenda")
        handlers.on(CasoOrientado)(self._leave_a_trace)
        self.transport = _Transport([(self.agenda, handlers)])
        self.relay = Relay(self.casos, self.transport, "casos")
        self.workers = [Worker(self.agenda, handlers, delay=lambda _tries: 0.0) for _ in range(2)]

    def teardown(self) -> None:
        self._drain()
        assert len(self._effects()) == sum(self.told.values())
        self.casos.close()
        self.agenda.close()
        shutil.rmtree(self.folder)

    @rule(which=st.lists(st.sampled_from(CASOS), min_size=1, max_size=4))
    def tell(self, which: list[UUID]) -> None:
        with self.casos.begin() as session:
            for caso_id in which:
                emitir(session, CasoOrientado(caso_id=caso_id, tema="REG.TEMP"))
                self.told[caso_id] += 1

    @rule()
    def relay_a_batch(self) -> None:
        self.relay.run_once()

    @rule()
    def die_between_delivery_and_mark(self) -> None:
        self.transport.dies = True
        try:
            self.relay.run_once()
        except _Power:
            pass
        finally:
            self.transport.dies = False

    @rule(number=st.integers(0, 1))
    def work(self, number: int) -> None:
        self.workers[number].run_once()

    # Seven failures at most, or the fact is given up and its followers rightly wait.
    @precondition(lambda self: self._tries_left())
    @rule(number=st.integers(0, 1), parity=st.integers(0, 1))
    def work_half_in_vain(self, number: int, parity: int) -> None:
        self.refuses = parity
        self.workers[number].run_once()
        self.refuses = None

    @invariant()
    def each_effect_is_there_once_and_in_order(self) -> None:
        last: dict[str, int] = {}
        for agregado, secuencia in self._effects():
            assert secuencia == last.get(agregado, 0) + 1
            last[agregado] = secuencia

    def _leave_a_trace(self, session: Session, _hecho: CasoOrientado, sobre: Sobre) -> None:
        row = {"agregado": sobre.subject, "secuencia": sobre.sequence}
        session.execute(insert(efectos).values(row))
        if sobre.sequence % 2 == self.refuses:
            raise RuntimeError("refused")

    def _effects(self) -> list[tuple[str, int]]:
        with self.agenda.read() as session:
            rows = session.execute(select(efectos).order_by(efectos.c.id))
            return [(row.agregado, row.secuencia) for row in rows]

    def _drain(self) -> None:
        while self.relay.run_once() + sum(worker.run_once() for worker in self.workers):
            pass

    def _tries_left(self) -> bool:
        with self.agenda.read() as session:
            return (session.scalar(select(func.max(Inbox.intentos))) or 0) < 7

    def _database(self, name: str) -> Database:
        path = self.folder / f"{name}.db"
        shutil.copy(_template(), path)
        return Database(f"sqlite:///{path}")


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
