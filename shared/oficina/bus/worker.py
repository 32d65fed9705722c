"""Runs the handlers of what was heard, in the order of each aggregate, each exactly once.

The inbox is the queue. Eligible is the oldest unfinished fact of each aggregate, so any number of
workers may run side by side. Handlers run in the transaction that marks their fact as done. A fact
that fails is undone by itself and tried again later and later in real time, then given up; its
followers wait for it, other aggregates do not.

A batch is one transaction. What a failing handler only meant to add is forgotten; when it reached
the database, the batch is handled again in stretches that share a savepoint: what fails is put off,
the others of its stretch are undone and handled again. So a handler may run more than once; its
effects stay once.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import heappop, heappush
from operator import attrgetter
from pathlib import Path
from traceback import walk_tb
from typing import Any

from prometheus_client import Counter
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Row,
    Select,
    Update,
    bindparam,
    false,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, aliased

from oficina import telemetry
from oficina.bus.envelope import Sobre, SobreInvalido, read_hecho
from oficina.bus.inbox import Handlers
from oficina.bus.pauses import before_retry
from oficina.bus.tables import INBOX_TEXT, Estado, Inbox, alone, walk_the_index
from oficina.bus.undo import Undo
from oficina.clock import real_now
from oficina.db import Database
from oficina.errors import DomainError
from oficina.events import Evento

BATCH = 200
SHORT_STRETCH = 15
"""Facts that share a savepoint while handlers fail: what one failure makes others do again. Each
stretch without failure makes the next a little longer, until savepoints are left out."""
POLL = 1.0
MAX_TRIES = 8

HANDLED = Counter(
    "acogida_inbox_handled_total", "Facts handled, by result.", ("servicio", "resultado")
)

log = telemetry.get_logger("oficina.bus")

# Written out, so that both databases see that the partial indexes of the inbox serve.
_PENDIENTE: ColumnElement[str] = literal_column("'pendiente'")
_HECHO: ColumnElement[str] = literal_column("'hecho'")


class Worker:
    """A worker of one service's inbox."""

    def __init__(
        self, db: Database, handlers: Handlers, *, delay: Callable[[int], float] = before_retry
    ) -> None:
        """`delay` says how many seconds to wait after so many failed tries."""
        self._db = db
        self._handlers = handlers
        self._delay = delay
        self._heads = _Claim(_eligible(handlers).limit(BATCH))
        self._only = _Claim(_eligible(handlers).where(Inbox.id == bindparam("cual")))
        self._stretch = BATCH
        self._is_backlog = False
        """Whether the last claim was as much as one can be."""
        self._is_more = False
        """Whether the last look left, or set free, work that can be had at once."""
        self._retries: list[datetime] = []
        """When what this worker put off may run again, the earliest first; a heap."""
        self._looked = real_now()
        """The moment of the last look at all: what may run since then was not seen by it."""

    def run_once(self) -> int:
        """Handle a batch of eligible facts; how many were tried. Raises if the database fails."""
        self._is_more = False
        if self._stretch >= BATCH:
            try:
                return self._handle_steadily()
            except Exception:  # a handler may fail in any way; which one is found out below
                self._stretch = SHORT_STRETCH
        taken: list[int] = []
        try:
            self._handle_in_stretches(taken)
        except Exception:  # the commit may fail in any way; each answers for itself
            if not taken:
                raise
            for row_id in taken:
                self._handle_alone(row_id)
        return len(taken)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, at once when something arrives, each second at the latest."""
        while not stop.is_set():
            seen = self._db.inbox_changed.count
            try:
                self.run_once()
            except Exception as error:  # outermost loop: the rows wait, so it goes on
                log.warning(
                    "worker_failed",
                    servicio=self._handlers.consumidor,
                    kind=type(error).__name__,
                    exc_info=True,
                )
                stop.wait(POLL)
                continue
            if not self._is_more:
                self._db.inbox_changed.wait(seen, self._pause())

    def _pause(self) -> float:
        """Seconds until the next look: what this worker put off itself is not kept waiting."""
        while self._retries and self._retries[0] <= self._looked:
            heappop(self._retries)
        if not self._retries:
            return POLL
        return min(POLL, max(0.0, (self._retries[0] - real_now()).total_seconds()))

    def _handle_steadily(self) -> int:
        """Handle a batch without savepoints. Raises, with nothing done, when one is needed."""
        failures: list[_Failure] = []
        with self._db.begin() as session:
            rows = self._take(session, self._heads)
            undo = Undo(session)
            for row in rows:
                undo.start()
                try:
                    self._run_handlers(session, row.cuerpo)
                except Exception as error:  # a handler may fail in any way; the row tells how
                    if not undo.take_back():
                        raise
                    failures.append(self._failure(row, error))
            self._put_off(session, failures)
        self._report(len(rows), failures)
        return len(rows)

    def _handle_in_stretches(self, taken: list[int]) -> None:
        with self._db.begin() as session:
            rows = self._take(session, self._heads)
            taken.extend(row.id for row in rows)
            failures: list[_Failure] = []
            start = 0
            while start < len(rows):
                stretch = rows[start : start + self._stretch]
                failures += self._handle_stretch(session, stretch)
                start += len(stretch)
            self._put_off(session, failures)
        self._report(len(rows), failures)

    def _handle_alone(self, row_id: int) -> None:
        try:
            with self._db.begin() as session:
                rows = self._take(session, self._only, row_id)
                failures = self._handle_stretch(session, rows)
                self._put_off(session, failures)
        except Exception as error:  # its commit failed; the row tells how
            with self._db.begin() as session:
                rows = self._take(session, self._only, row_id)
                failures = [self._failure(row, error) for row in rows]
                self._put_off(session, failures)
        self._report(len(rows), failures)

    def _take(
        self, session: Session, claim: "_Claim", row_id: int | None = None
    ) -> Sequence[Row[Any]]:
        """Rows that nobody else holds, in their order, done if this transaction commits."""
        # The connection's rows: the session would look for entities in each of them.
        now = real_now()
        if row_id is None:
            self._looked = now
        values = {"ahora": now, "cual": row_id, "hay_mas": self._is_backlog}
        rows = claim.take(session.connection(), values, is_backlog=self._is_backlog)
        self._is_backlog = len(rows) == BATCH
        self._is_more |= self._is_backlog or any(row.tiene_seguidor for row in rows)
        return rows

    def _handle_stretch(self, session: Session, rows: Sequence[Row[Any]]) -> "list[_Failure]":
        """Handle rows under one savepoint; those that failed, the others are done.

        When one fails, all are undone and the others are handled again without it. When the writing
        of their effects fails, nobody knows whose it was, and each is handled by itself.
        """
        if not rows:
            return []
        emitted = session.info.get("emitted", False)
        failed: Row[Any] | None = None
        try:
            with session.begin_nested():
                for row in rows:
                    failed = row
                    self._run_handlers(session, row.cuerpo)
                failed = rows[0] if len(rows) == 1 else None
        except Exception as error:  # a handler may fail in any way; the row tells how
            # The hint to the relay went with the savepoint; whoever emits next sends it again.
            session.info["emitted"] = emitted
            self._stretch = SHORT_STRETCH
            if failed is None:
                return [one for row in rows for one in self._handle_stretch(session, [row])]
            others = [row for row in rows if row is not failed]
            return [self._failure(failed, error), *self._handle_stretch(session, others)]
        self._stretch += 1
        return []

    def _run_handlers(self, session: Session, cuerpo: str) -> None:
        evento_id, sobre, hecho = _read(cuerpo)
        with telemetry.follow(sobre.correlationid, evento_id, sobre.traceparent):
            for handler in self._handlers.matching(sobre.ce_type, sobre.tipo):
                handler(session, hecho, sobre)

    def _failure(self, row: Row[Any], error: Exception) -> "_Failure":
        sobre = Sobre(json.loads(row.cuerpo))
        tries = row.intentos + 1
        estado = Estado.MUERTO if tries >= MAX_TRIES else Estado.PENDIENTE
        with telemetry.follow(sobre.correlationid, str(sobre.id), sobre.traceparent):
            log.warning(
                "handler_failed",
                servicio=self._handlers.consumidor,
                tipo=sobre.tipo,
                estado=estado.value,
                kind=type(error).__name__,
            )
        visible = real_now() + timedelta(seconds=self._delay(tries))
        return _Failure(row.id, tries, estado, describe(error), visible)

    def _put_off(self, session: Session, failures: "Sequence[_Failure]") -> None:
        if not failures:
            return
        session.connection().execute(
            _PUT_OFF,
            [
                {
                    "de": one.row_id,
                    "estado": one.estado,
                    "intentos": one.tries,
                    "error": one.error,
                    "visible": one.visible,
                }
                for one in failures
            ],
        )

    def _report(self, tried: int, failures: "Sequence[_Failure]") -> None:
        count = HANDLED.labels
        count(self._handlers.consumidor, "hecho").inc(tried - len(failures))
        for one in failures:
            heappush(self._retries, one.visible)
            result = "muerto" if one.estado is Estado.MUERTO else "fallido"
            count(self._handlers.consumidor, result).inc()


@dataclass(frozen=True)
class _Failure:
    """A fact whose handler failed, and what becomes of it."""

    row_id: int
    tries: int
    estado: Estado
    error: str
    visible: datetime
    """Not before this moment of real time."""


_PUT_OFF = (
    update(Inbox)
    .where(Inbox.id == bindparam("de"))
    .values(
        estado=bindparam("estado"),
        hecho_en=None,
        intentos=bindparam("intentos"),
        error=bindparam("error"),
        visible=bindparam("visible"),
    )
)


# In the embedded office several services read the same text, one soon after the other.
@lru_cache(maxsize=BATCH)
def _read(cuerpo: str) -> tuple[str, Sobre, Evento]:
    """The id, the envelope and the fact of a CloudEvent. Raises SobreInvalido."""
    read = json.loads(cuerpo)
    return read["id"], Sobre(read), read_hecho(read)


_order = attrgetter("id")


class _Claim:
    """Takes what is eligible and marks it as done; whoever fails is put off afterwards."""

    def __init__(self, eligible: Select[Any]) -> None:
        self._eligible = eligible
        # One statement, because each costs a transaction a round trip. Taken is what no other
        # worker holds.
        taken = eligible.with_for_update(of=Inbox, skip_locked=True).cte("tomados")
        marked = _marked(Inbox.id == taken.c.id).cte("marcados")
        self._take_and_mark = select(taken).add_cte(marked)

    def take(
        self, connection: Connection, values: Mapping[str, Any], *, is_backlog: bool
    ) -> Sequence[Row[Any]]:
        """The rows, in their order."""
        if connection.dialect.name == "postgresql":
            if is_backlog:
                connection.exec_driver_sql(walk_the_index(is_local=True))
            return sorted(connection.execute(self._take_and_mark, values), key=_order)
        rows = connection.execute(self._eligible, values).all()
        if rows:
            connection.execute(_MARK, {**values, "ids": [row.id for row in rows]})
        return rows


def _marked(which: ColumnElement[bool]) -> Update:
    done: dict[str, Any] = {"estado": Estado.HECHO, "hecho_en": bindparam("ahora"), "error": None}
    return update(Inbox).where(which).values(**done)


_MARK = _marked(Inbox.id.in_(bindparam("ids", expanding=True)))


def _eligible(handlers: Handlers) -> Select[*tuple[Any, ...]]:
    """What may run `ahora`: of each aggregate the oldest that is not done, when order counts."""
    follower: ColumnElement[bool] = false()
    if handlers.ordenado:
        later = aliased(Inbox)
        # Nobody looks for followers in a backlog: there is more without them.
        waits = _unfinished(later, later.secuencia > Inbox.secuencia)
        follower = or_(bindparam("hay_mas", type_=Boolean), waits)
    columns = (Inbox.id, Inbox.intentos, INBOX_TEXT, follower.label("tiene_seguidor"))
    eligible = select(*columns).where(
        Inbox.consumidor == handlers.consumidor,
        Inbox.estado == _PENDIENTE,
        Inbox.visible <= bindparam("ahora"),
    )
    if handlers.ordenado:
        earlier = aliased(Inbox)
        eligible = eligible.where(~_unfinished(earlier, earlier.secuencia < Inbox.secuencia))
    return eligible.order_by(Inbox.id)


def _unfinished(other: type[Inbox], where: ColumnElement[bool]) -> ColumnElement[bool]:
    others = select(other.id).where(
        other.consumidor == Inbox.consumidor,
        other.agregado == Inbox.agregado,
        other.estado != _HECHO,
        where,
    )
    return alone(others).exists()


def describe(error: Exception) -> str:
    """What went wrong and where, for the people who mend it.

    Only errors of our own speak for themselves; another's message may quote personal data.
    """
    said = f": {error}" if isinstance(error, DomainError | SobreInvalido) else ""
    frames = [(frame.f_code, line) for frame, line in walk_tb(error.__traceback__)][-3:]
    path = " > ".join(f"{Path(c.co_filename).name}:{line} {c.co_name}" for c, line in frames)
    return f"{type(error).__name__}{said}"[:500] + f" ({path})"
