"""What many finished rows cost the bus: the same claim, the same relay and the same broom, beside
empty tables and beside ten million rows that are done.

A few aggregates wait in a long row: whoever looks for the oldest of each has to pass by the others.
The statistics are those of a quiet time, in which nothing waited. Then as many facts pass through
as may before PostgreSQL sweeps the indexes by itself, and the claim is measured once more.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Row, Select, bindparam, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

import servers
from bench.result import Result
from oficina.bus import catalogue
from oficina.bus.inbox import Handlers, Mensaje, recibir
from oficina.bus.relay import _OLDEST_OF_EACH_AGGREGATE
from oficina.bus.retention import podar
from oficina.bus.worker import Worker
from oficina.clock import real_now
from oficina.db import Database, UtcDateTime, uuid7
from oficina.events.casos import CasoOrientado
from oficina.migrations import migrate

FINISHED = 10_000_000
STEP = 500_000
PASSED = 50_000
"""What `autovacuum_vacuum_threshold` lets pass."""
AGGREGATES = 200
EACH_WAITS = 5
LOOKS = 50
OLD = 100_000
"""Rows that the broom finds."""
OLD_DAYS, YOUNG_DAYS = 90, 1

ON_REQUEST = True
"""Loading takes minutes and 12 GB of disk: `make bench ONLY=bus_size`, never with all areas."""

Look = Callable[[Session], Sequence[Row[Any]]]

BODY = json.dumps(catalogue.example(CasoOrientado))


def measure(*, peers: bool = False) -> Iterator[Result]:
    """Each figure of one run; the plans are printed."""
    with servers.own_postgres(fsync="on", wal_level="minimal", max_wal_senders="0") as server:
        db = Database(server.url.replace("postgresql://", "postgresql+psycopg://"))
        yield from _measured(db, "")
        db.close()
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{Path(folder)}/agenda.db")
        yield from _measured(db, "_sqlite")
        db.close()


def _measured(db: Database, column: str) -> Iterator[Result]:
    migrate("agenda", db)
    worker, relay = Worker(db, Handlers("agenda")), _OLDEST_OF_EACH_AGGREGATE
    claim = worker._heads._eligible if db.is_sqlite else worker._heads._take_and_mark
    plans = {
        "claim": lambda: claim.params(ahora=real_now()),
        "relay": lambda: relay.params(despues=0),
    }
    looks: dict[str, Look] = {
        "claim": lambda session: worker._take(session, worker._heads),
        "relay": lambda session: session.connection().execute(relay, {"despues": 0}).all(),
    }
    for size in ("empty", "1e7"):
        if size == "1e7":
            _finish(db)
        _let_wait(db)
        for name, look in looks.items():
            if size == "1e7":
                print(f"bus_size: {name}{column}\n{_plan(db, plans[name]())}", flush=True)
            unit = f"ms, {AGGREGATES} of {AGGREGATES * EACH_WAITS} that wait"
            yield Result(f"{name}{column}_ms_{size}", _milliseconds(db, look), unit)
    if not db.is_sqlite:
        _pass(db)
        yield Result("claim_ms_1e7_worn", _milliseconds(db, looks["claim"]), "ms before a vacuum")
    began = time.perf_counter()
    told, done = podar(db, outbox_dias=OLD_DAYS - 1, inbox_dias=OLD_DAYS - 1)
    seconds = time.perf_counter() - began
    assert (told, done) == (OLD, OLD)
    yield Result(f"swept{column}_rows_s", (told + done) / seconds, "old rows/s")
    began = time.perf_counter()
    podar(db, outbox_dias=OLD_DAYS - 1, inbox_dias=OLD_DAYS - 1)
    yield Result(f"sweep{column}_idle_ms", (time.perf_counter() - began) * 1000, "ms, none is old")


def _milliseconds(db: Database, look: Look) -> float:
    """The median; what was taken is given back."""
    times = []
    for _ in range(LOOKS):
        with db.begin() as session:
            session.connection()
            began = time.perf_counter()
            rows = look(session)
            times.append((time.perf_counter() - began) * 1000)
            assert len(rows) == AGGREGATES
            session.rollback()
    return median(times)


def _plan(db: Database, statement: Select[Any]) -> str:
    dialect = sqlite.dialect() if db.is_sqlite else postgresql.dialect()
    written = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN " if db.is_sqlite else "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) "
    with db.read() as session:
        rows = session.connection().exec_driver_sql(
            explain + (written if db.is_sqlite else written.replace("%", "%%"))
        )
        return "\n".join(str(row[-1]) for row in rows)


def _let_wait(db: Database) -> None:
    """Some aggregates tell, and hear, one fact after the other."""
    agregados = [f"caso/{uuid7()}" for _ in range(AGGREGATES)]
    waiting = [
        Mensaje.of(
            {
                **catalogue.example(CasoOrientado),
                "id": str(uuid7()),
                "subject": agregado,
                "sequence": str(secuencia),
            }
        )
        for secuencia in range(1, EACH_WAITS + 1)
        for agregado in agregados
    ]
    with db.begin() as session:
        recibir(session.connection(), "agenda", waiting)
        session.execute(text(TOLD_TOO))


def _finish(db: Database) -> None:
    """Ten million rows of each table that are done, the first of them long ago."""
    for table in ("inbox", "outbox"):
        with db.begin() as session:
            # Emptied in the same transaction, what PostgreSQL loads needs no log.
            session.execute(text(f"DELETE FROM {table}" if db.is_sqlite else f"TRUNCATE {table}"))
            for start in range(1, FINISHED, STEP):
                _insert(session, table, start, start + STEP - 1)
    _analyze(db)


def _pass(db: Database) -> None:
    """Facts arrive and are done, and no vacuum has come yet."""
    with db.begin() as session:
        session.execute(text("ALTER TABLE inbox SET (autovacuum_enabled = off)"))
        session.execute(text("DELETE FROM inbox WHERE estado = 'pendiente'"))
    _analyze(db)
    with db.begin() as session:
        _insert(session, "inbox", FINISHED + 1, FINISHED + PASSED, estado="pendiente")
    with db.begin() as session:
        session.execute(text("UPDATE inbox SET estado = 'hecho' WHERE estado = 'pendiente'"))
    _let_wait(db)


def _analyze(db: Database) -> None:
    with db.alone() as connection:
        connection.execute(text("ANALYZE" if db.is_sqlite else "VACUUM ANALYZE"))


def _insert(session: Session, table: str, first: int, last: int, *, estado: str = "hecho") -> None:
    """Rows numbered from first to last; a hundred in a row are of one aggregate."""
    words = SQLITE if session.connection().dialect.name == "sqlite" else POSTGRES
    now = real_now()
    values = {
        "first": first,
        "last": last,
        "old": OLD,
        "long_ago": now - timedelta(days=OLD_DAYS),
        "lately": now - timedelta(days=YOUNG_DAYS),
        "cuerpo": BODY,
        "estado": estado,
    }
    moments = (bindparam("long_ago", type_=UtcDateTime()), bindparam("lately", type_=UtcDateTime()))
    wanted = {"inbox": HEARD, "outbox": TOLD}[table]
    written = text(words["numbers"] + wanted.format(**words)).bindparams(*moments)
    session.execute(
        written, {name: one for name, one in values.items() if f":{name}" in str(written)}
    )


# The moment of row n, of which the first are old.
MOMENT = "CASE WHEN n <= :old THEN {long_ago} ELSE {lately} END"
HEARD = f"""
    INSERT INTO inbox (consumidor, evento_id, tipo, agregado, secuencia, cuerpo, estado, intentos,
        visible, recibido, hecho_en)
    SELECT 'agenda', {{uuid}}, 'casos.caso.orientado', {{agregado}}, n % 100 + 1, {{cuerpo}},
        :estado, 0, {MOMENT}, {MOMENT}, {MOMENT}
    FROM numbers"""
TOLD = f"""
    INSERT INTO outbox (evento_id, tipo, agregado, secuencia, clasificacion, cuerpo, creado,
        publicado)
    SELECT {{uuid}}, 'casos.caso.orientado', {{agregado}}, n % 100 + 1, 'interno', {{cuerpo}},
        {MOMENT}, {MOMENT}
    FROM numbers"""
TOLD_TOO = """
    INSERT INTO outbox (evento_id, tipo, agregado, secuencia, clasificacion, cuerpo, creado)
    SELECT evento_id, tipo, agregado, secuencia, 'interno', cuerpo, recibido FROM inbox
    WHERE estado = 'pendiente' ORDER BY id"""
POSTGRES = {
    "numbers": "WITH numbers AS (SELECT n FROM generate_series(CAST(:first AS bigint), "
    "CAST(:last AS bigint)) AS n)",
    "uuid": "CAST(lpad(to_hex(n), 32, '0') AS uuid)",
    "agregado": "'caso/' || lpad(to_hex(n / 100), 36, '0')",
    "cuerpo": "CAST(:cuerpo AS json)",
    "long_ago": "CAST(:long_ago AS timestamptz)",
    "lately": "CAST(:lately AS timestamptz)",
}
SQLITE = {
    "numbers": "WITH RECURSIVE numbers(n) AS (VALUES(:first) UNION ALL "
    "SELECT n + 1 FROM numbers WHERE n < :last)",
    "uuid": "printf('%032x', n)",
    "agregado": "printf('caso/%036x', n / 100)",
    "cuerpo": ":cuerpo",
    "long_ago": ":long_ago",
    "lately": ":lately",
}
