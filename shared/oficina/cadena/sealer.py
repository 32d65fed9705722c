"""Chains the rows of the audit, one sealer of a service at a time, within a second of their commit.

A turn is one transaction: it takes the lock, reads the end of the chain and what waits, writes the
links and takes the rows out of what waits. A process that is killed leaves the whole turn or none
of it, and the sequence, which is unique, would refuse a second link in the same place.
"""

import threading
from contextlib import suppress
from typing import Any

from prometheus_client import Counter
from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from oficina import telemetry
from oficina.bus.pauses import before_reconnect
from oficina.cadena.heads import Cabezas
from oficina.cadena.tables import FILA, Eslabon, PorSellar, cabeza, hash_de, huella_de
from oficina.clock import real_now
from oficina.db import Database

BATCH = 500
PAUSE = 0.4
"""Seconds between two looks at what waits: a row is sealed within the second, also when a turn is
slow, and several rows share a turn."""

# Any number that nobody else locks: a service has its own database.
_TURN = 0x5E11

SEALED = Counter("acogida_auditoria_selladas_total", "Audit rows chained.", ("servicio",))
FAILURES = Counter(
    "acogida_sealer_failures_total", "Turns of a sealer that failed.", ("servicio", "motivo")
)

log = telemetry.get_logger("oficina.cadena")

# A process that hangs in its turn loses it.
_TAKE = text(
    "SELECT set_config('idle_in_transaction_session_timeout', '30s', true) IS NOT NULL "
    f"AND pg_try_advisory_xact_lock({_TURN})"
)
_WAITS = select(PorSellar.auditoria_id).limit(1)
_NEXT = (
    select(*FILA)
    .join_from(PorSellar, FILA[0].table, FILA[0].table.c.id == PorSellar.auditoria_id)
    .order_by(PorSellar.auditoria_id)
    .limit(BATCH)
)


class Sealer:
    """The sealer of one service. Others may run beside it: one has the turn."""

    def __init__(self, db: Database, servicio: str, cabezas: Cabezas) -> None:
        self._db = db
        self._servicio = servicio
        self._cabezas = cabezas

    def run(self, stop: threading.Event) -> None:
        """Seal until `stop` is set, and once more then; whatever fails is tried again."""
        failures = 0
        while not stop.wait(before_reconnect(failures) if failures else PAUSE):
            try:
                self._seal_all()
                self._cabezas.dejar_la_de_hoy(self._db)
                failures = 0
            except Exception as error:  # outermost loop: the rows wait, so it goes on
                failures += 1
                FAILURES.labels(self._servicio, type(error).__name__).inc()
                log.warning("sealer_failed", servicio=self._servicio, kind=type(error).__name__)
        with suppress(Exception):  # what waits is sealed at the next start
            self._seal_all()

    def run_once(self) -> int:
        """Seal what waits, at most BATCH rows; how many. While another has the turn that is 0."""
        with self._db.engine.connect() as connection:
            if connection.execute(_WAITS).first() is None:
                return 0
        with self._db.begin() as session:
            # On SQLite a transaction that writes is alone from its beginning.
            if not self._db.is_sqlite and not session.execute(_TAKE).scalar_one():
                return 0
            sealed = self._seal(session)
        SEALED.labels(self._servicio).inc(sealed)
        return sealed

    def _seal_all(self) -> None:
        while self.run_once() == BATCH:
            pass

    def _seal(self, session: Session) -> int:
        # Read after the lock was taken: each statement sees what is committed as it begins.
        last = cabeza(session, self._servicio)
        secuencia, anterior, now = last.secuencia, last.hash, real_now()
        links: list[dict[str, Any]] = []
        for row in session.execute(_NEXT):
            fila = row._asdict()
            secuencia += 1
            link = {
                "secuencia": secuencia,
                "auditoria_id": fila["id"],
                "sellada_en": now,
                "huella": huella_de(fila),
            }
            anterior = hash_de(self._servicio, anterior, **link)
            links.append(link | {"hash": anterior})
        if links:
            session.execute(insert(Eslabon), links)
            sealed = [link["auditoria_id"] for link in links]
            session.execute(delete(PorSellar).where(PorSellar.auditoria_id.in_(sealed)))
        return len(links)
