"""What is finished and old is forgotten, and nothing else is."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

import columns
from oficina.bus.inbox import Handlers
from oficina.bus.relay import _OLDEST_OF_EACH_AGGREGATE
from oficina.bus.retention import podar
from oficina.bus.tables import Estado, Inbox, Outbox
from oficina.bus.worker import Worker
from oficina.clock import real_now
from oficina.db import Database, uuid7

FINISHED = 50_000


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    made = Database(columns.file_in(tmp_path, "agenda"))
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
    with db.begin() as session:
        for start in range(0, FINISHED, 10_000):
            rows = [_heard(start + n, Estado.HECHO, 1) for n in range(10_000)]
            session.execute(insert(Inbox), rows)
        session.execute(insert(Inbox), [_heard(n, Estado.PENDIENTE, 1) for n in range(100)])
        session.execute(text("ANALYZE"))

    plan = _explained(db, _claim(db), "EXPLAIN QUERY PLAN ")

    assert "USING INDEX ix_inbox_turno" in plan
    assert "ix_inbox_orden" in plan


@pytest.mark.servers
@pytest.mark.parametrize("waited", [0, FINISHED // 2], ids=["after a quiet time", "after a rush"])
def test_what_waits_is_searched_by_aggregate_whatever_postgres_believes(
    fresh_db: Callable[[str, str], Database], waited: int
) -> None:
    db = fresh_db("postgresql", "agenda")
    with db.begin() as session:
        for finished, count in ((True, FINISHED), (False, waited)):
            session.execute(text(_MANY_HEARD), {"finished": finished, "count": count})
            session.execute(text(_MANY_TOLD), {"finished": finished, "count": count})
        session.execute(text("ANALYZE"))
        session.execute(text(_MANY_HEARD), {"finished": False, "count": 100})
        session.execute(text(_MANY_TOLD), {"finished": False, "count": 100})
    claim = _explained(db, _claim(db), "EXPLAIN ")
    oldest = _explained(db, _OLDEST_OF_EACH_AGGREGATE.params(despues=0), "EXPLAIN ")

    for plan, first, then in (
        (claim, "ix_inbox_turno", "ix_inbox_orden"),
        (oldest, "ix_outbox_pendiente", "ix_outbox_turno"),
    ):
        walk, _, search = plan.partition("SubPlan")
        assert f"Index Scan using {first}" in walk, plan
        assert f"using {then}" in search, plan
        assert "agregado" in search.partition("Index Cond:")[2].splitlines()[0], plan


_MANY_HEARD = """
    INSERT INTO inbox (consumidor, evento_id, tipo, agregado, secuencia, cuerpo, estado, intentos,
        visible, recibido)
    SELECT 'agenda', gen_random_uuid(), 'casos.caso.orientado', md5(CAST(n AS text)), n, '{}',
        CASE WHEN CAST(:finished AS bool) THEN 'hecho' ELSE 'pendiente' END, 0, now(), now()
    FROM generate_series(1, CAST(:count AS int)) AS n"""
_MANY_TOLD = """
    INSERT INTO outbox (evento_id, tipo, agregado, secuencia, clasificacion, cuerpo, creado,
        publicado)
    SELECT gen_random_uuid(), 'casos.caso.orientado', CAST(gen_random_uuid() AS text), n,
        'interno', '{}', now(), CASE WHEN CAST(:finished AS bool) THEN now() END
    FROM generate_series(1, CAST(:count AS int)) AS n"""


def _claim(db: Database) -> Select[Any]:
    claim = Worker(db, Handlers("agenda"))._heads
    statement = claim._eligible if db.is_sqlite else claim._take_and_mark
    return statement.params(ahora=real_now())


def _explained(db: Database, statement: Select[Any], explain: str) -> str:
    dialect = sqlite.dialect() if db.is_sqlite else postgresql.dialect()
    written = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    with db.read() as session:
        rows = session.connection().exec_driver_sql(
            explain + (written if db.is_sqlite else written.replace("%", "%%"))
        )
        return "\n".join(str(row[-1]) for row in rows)
