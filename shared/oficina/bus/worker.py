"""Runs the handlers of what was heard, in the order of each aggregate, each exactly once.

The inbox is the queue. Eligible is the oldest unfinished fact of each aggregate, so any number of
workers may run side by side. Handlers run in the transaction that marks their fact as done. A fact
that fails is tried again later and later in real time, then given up; its followers wait for it,
other aggregates do not.
"""

import random
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from traceback import extract_tb
from typing import Any

from prometheus_client import Counter
from sqlalchemy import ColumnElement, Select, literal_column, select, update
from sqlalchemy.orm import Session, aliased

from oficina import telemetry
from oficina.bus.envelope import SobreInvalido, read_hecho, read_sobre
from oficina.bus.inbox import Handlers
from oficina.bus.tables import Estado, Inbox
from oficina.clock import real_now
from oficina.db import Database
from oficina.errors import DomainError

BATCH = 100
POLL = 1.0
MAX_TRIES = 8

HANDLED = Counter(
    "acogida_inbox_handled_total", "Facts handled, by result.", ("servicio", "resultado")
)

log = telemetry.get_logger("oficina.bus")

# Written out, so that both databases see that the partial indexes of the inbox serve.
_PENDIENTE: ColumnElement[str] = literal_column("'pendiente'")
_HECHO: ColumnElement[str] = literal_column("'hecho'")


def backoff(tries: int) -> float:
    """Seconds until the next try: 1 to 2 after the first failure, doubling up to an hour."""
    return min(2.0**tries, 3600.0) * random.uniform(0.5, 1)  # noqa: S311  jitter, no secret


class Worker:
    """A worker of one service's inbox."""

    def __init__(
        self, db: Database, handlers: Handlers, *, delay: Callable[[int], float] = backoff
    ) -> None:
        """`delay` says how many seconds to wait after so many failed tries."""
        self._db = db
        self._handlers = handlers
        self._delay = delay

    def run_once(self) -> int:
        """Handle a batch of eligible facts; how many were tried. Raises if the database fails."""
        taken: list[int] = []
        try:
            self._handle_together(taken)
        except Exception:  # a handler may fail in any way; each answers for itself
            if not taken:
                raise
            for row_id in taken:
                self._handle_alone(row_id)
        return len(taken)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, at once when something arrives, each second at the latest."""
        while not stop.is_set():
            self._db.inbox_changed.clear()
            try:
                busy = self.run_once() > 0
            except Exception as error:  # outermost loop: the rows wait, so it goes on
                log.warning(
                    "worker_failed",
                    servicio=self._handlers.consumidor,
                    kind=type(error).__name__,
                    exc_info=True,
                )
                stop.wait(POLL)
                continue
            if not busy:
                self._db.inbox_changed.wait(POLL)

    def _handle_together(self, taken: list[int]) -> None:
        with self._db.begin() as session:
            rows = session.execute(self._eligible().limit(BATCH)).all()
            taken.extend(row.id for row in rows)
            for row in rows:
                self._run_handlers(session, row.cuerpo)
            self._mark_done(session, taken)
        HANDLED.labels(self._handlers.consumidor, "hecho").inc(len(taken))

    def _handle_alone(self, row_id: int) -> None:
        try:
            with self._db.begin() as session:
                row = session.execute(self._eligible().where(Inbox.id == row_id)).one_or_none()
                if row is None:
                    return  # another worker took it meanwhile
                self._run_handlers(session, row.cuerpo)
                self._mark_done(session, [row_id])
        except Exception as error:  # a handler may fail in any way; the row tells how
            self._postpone(row_id, error)
        else:
            HANDLED.labels(self._handlers.consumidor, "hecho").inc()

    def _eligible(self) -> Select[Any]:
        earlier = aliased(Inbox)
        return (
            select(Inbox.id, Inbox.cuerpo)
            .where(
                Inbox.consumidor == self._handlers.consumidor,
                Inbox.estado == _PENDIENTE,
                Inbox.visible <= real_now(),
                ~select(earlier.id)
                .where(
                    earlier.consumidor == Inbox.consumidor,
                    earlier.agregado == Inbox.agregado,
                    earlier.estado != _HECHO,
                    earlier.secuencia < Inbox.secuencia,
                )
                .exists(),
            )
            .order_by(Inbox.id)
            # PostgreSQL leaves out what another worker holds; on SQLite a writer is alone.
            .with_for_update(of=Inbox, skip_locked=True)
        )

    def _run_handlers(self, session: Session, cuerpo: dict[str, Any]) -> None:
        sobre = read_sobre(cuerpo)
        hecho = read_hecho(cuerpo)
        with telemetry.follow(sobre.correlationid, str(sobre.id), sobre.traceparent):
            for handler in self._handlers.matching(sobre.ce_type, sobre.tipo):
                handler(session, hecho, sobre)

    def _mark_done(self, session: Session, ids: Sequence[int]) -> None:
        if not ids:
            return
        session.connection().execute(
            update(Inbox)
            .where(Inbox.id.in_(ids))
            .values(estado=Estado.HECHO, hecho_en=real_now(), error=None)
        )

    def _postpone(self, row_id: int, error: Exception) -> None:
        with self._db.begin() as session:
            row = session.get_one(Inbox, row_id, with_for_update=True)
            if row.estado is not Estado.PENDIENTE:
                return
            row.intentos += 1
            row.error = describe(error)
            row.visible = real_now() + timedelta(seconds=self._delay(row.intentos))
            if row.intentos >= MAX_TRIES:
                row.estado = Estado.MUERTO
        result = "muerto" if row.estado is Estado.MUERTO else "fallido"
        HANDLED.labels(self._handlers.consumidor, result).inc()
        log.warning(
            "handler_failed",
            servicio=self._handlers.consumidor,
            evento=str(row.evento_id),
            tipo=row.tipo,
            estado=row.estado.value,
            kind=type(error).__name__,
        )


def describe(error: Exception) -> str:
    """What went wrong and where, for the people who mend it.

    Only errors of our own speak for themselves; another's message may quote personal data.
    """
    said = f": {error}" if isinstance(error, DomainError | SobreInvalido) else ""
    frames = extract_tb(error.__traceback__)[-3:]
    path = " > ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames)
    return f"{type(error).__name__}{said}"[:500] + f" ({path})"
