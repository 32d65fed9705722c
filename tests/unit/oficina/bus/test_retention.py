"""What is finished and old is forgotten, and nothing else is."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text, update

from oficina.bus.inbox import Handlers
from oficina.bus.retention import podar
from oficina.bus.tables import Estado, Inbox, Outbox
from oficina.bus.worker import Worker
from oficina.clock import real_now
from oficina.db import Database, uuid7
from oficina.migrations import migrate

FINISHED = 100_000


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path}/agenda.db")
    migrate("agenda", made)
    yield made
    made.close()


def _heard(number: int, estado: Estado, days: int) -> dict[str, object]:
    moment = real_now() - timedelta(days=days)
    return {
        "consumidor": "agenda",
        "evento_id": uuid7(),
        "tipo": "casos.caso.orientado",
        "agregado": f"caso/{uuid7()}",
        "secuencia": number,
        # Nothing that a handler could read: here it is enough that it can be claimed.
        "cuerpo": {"id": str(uuid7()), "type": "cl.acogida.casos.caso.orientado.v1"},
        "estado": estado,
        "intentos": 0,
        "visible": moment,
        "recibido": moment,
        "hecho_en": moment if estado is Estado.HECHO else None,
    }


def test_what_waits_is_parked_or_is_young_stays(db: Database) -> None:
    with db.begin() as session:
        session.execute(
            insert(Inbox),
            [
                _heard(1, Estado.PENDIENTE, 90),
                _heard(2, Estado.MUERTO, 90),
                _heard(3, Estado.HECHO, 90),
                _heard(4, Estado.HECHO, 5),
            ],
        )
        for number, days, left in ((1, 200, False), (2, 200, True), (3, 5, True)):
            moment = real_now() - timedelta(days=days)
            told = {
                "agregado": "caso/1",
                "tipo": "casos.caso.orientado",
                "clasificacion": "interno",
            }
            session.add(
                Outbox(
                    **told,
                    evento_id=uuid7(),
                    secuencia=number,
                    cuerpo={},
                    creado=moment,
                    publicado=moment if left else None,
                )
            )

    deleted = podar(db, outbox_dias=180, inbox_dias=30)

    with db.read() as session:
        assert list(session.scalars(select(Inbox.secuencia).order_by(Inbox.id))) == [1, 2, 4]
        assert list(session.scalars(select(Outbox.secuencia).order_by(Outbox.id))) == [1, 3]
    assert deleted == (1, 1)


def test_a_fact_that_runs_once_more_is_not_forgotten(db: Database) -> None:
    with db.begin() as session:
        session.execute(insert(Inbox), [_heard(number, Estado.HECHO, 90) for number in range(2500)])
        session.execute(update(Inbox).where(Inbox.secuencia == 7).values(estado=Estado.PENDIENTE))

    assert podar(db, outbox_dias=180, inbox_dias=30) == (0, 2499)
    assert podar(db, outbox_dias=180, inbox_dias=30) == (0, 0)


def test_the_claim_looks_at_what_waits_only_on_sqlite(db: Database) -> None:
    plan = _plan(db, "EXPLAIN QUERY PLAN ")

    assert "USING INDEX ix_inbox_turno" in plan
    assert "ix_inbox_orden" in plan


@pytest.mark.servers
def test_the_claim_looks_at_what_waits_only_on_postgres(fresh_pg: Callable[[], str]) -> None:
    db = Database(fresh_pg().replace("postgresql://", "postgresql+psycopg://"))
    migrate("agenda", db)

    plan = _plan(db, "EXPLAIN ")
    db.close()

    assert "ix_inbox_turno" in plan or "ix_inbox_orden" in plan
    assert "Seq Scan" not in plan


def _plan(db: Database, explain: str) -> str:
    """The plan of the worker's claim with many finished rows and a few that wait."""
    with db.begin() as session:
        for start in range(0, FINISHED, 10_000):
            rows = [_heard(start + n, Estado.HECHO, 1) for n in range(10_000)]
            session.execute(insert(Inbox), rows)
        session.execute(insert(Inbox), [_heard(n, Estado.PENDIENTE, 1) for n in range(100)])
    with db.begin() as session:
        session.execute(text("ANALYZE"))
    claims: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        claims.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    Worker(db, Handlers("agenda")).run_once()
    event.remove(db.engine, "before_cursor_execute", note)
    claim, values = next(one for one in claims if "tiene_seguidor" in one[0])
    with db.read() as session:
        return "\n".join(map(str, session.connection().exec_driver_sql(explain + claim, values)))
