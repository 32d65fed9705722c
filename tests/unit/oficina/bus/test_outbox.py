"""Telling is writing a row: numbered by aggregate, in the caller's transaction."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

import columns
from columns import COLUMNS
from oficina.bus import outbox
from oficina.bus.outbox import emitir, emitir_muchos
from oficina.bus.tables import Outbox
from oficina.db import Database, uuid7
from oficina.events import Clasificacion
from oficina.events.casos import CasoOrientado


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    made = Database(columns.file_in(tmp_path, "casos"))
    yield made
    made.close()


def _tell(db: Database, *casos: UUID) -> None:
    with db.begin() as session:
        for caso_id in casos:
            emitir(session, CasoOrientado(caso_id=caso_id, tema="REG.TEMP"))


def _told(db: Database) -> list[Outbox]:
    with db.read() as session:
        return list(session.scalars(select(Outbox).order_by(Outbox.id)))


def test_each_aggregate_counts_for_itself(db: Database) -> None:
    one, other = uuid7(), uuid7()

    _tell(db, one, other, one)
    _tell(db, other, one)

    assert [(row.agregado, row.secuencia) for row in _told(db)] == [
        (f"caso/{one}", 1),
        (f"caso/{other}", 1),
        (f"caso/{one}", 2),
        (f"caso/{other}", 2),
        (f"caso/{one}", 3),
    ]


@pytest.mark.parametrize("column", COLUMNS)
def test_many_are_numbered_as_one_by_one(
    column: str, fresh_db: Callable[[str, str], Database]
) -> None:
    db, one, other = fresh_db(column, "casos"), uuid7(), uuid7()
    _tell(db, one)

    for _time in range(2):
        with db.begin() as session:
            emitir_muchos(
                session,
                [
                    (CasoOrientado(caso_id=caso_id, tema="REG.TEMP"), Clasificacion.RESERVADO)
                    for caso_id in (other, one, one)
                ],
            )
            emitir(session, CasoOrientado(caso_id=other, tema="REG.TEMP"))

    told = [(row.agregado, row.secuencia, row.cuerpo["sequence"]) for row in _told(db)]
    numbers = [(one, 1), (other, 1), (one, 2), (one, 3), (other, 2)]
    numbers += [(other, 3), (one, 4), (one, 5), (other, 4)]
    assert told == [(f"caso/{caso_id}", n, f"{n:012d}") for caso_id, n in numbers]
    assert [row.clasificacion for row in _told(db)][1] == "reservado"


def test_telling_none_is_not_telling(db: Database) -> None:
    with db.begin() as session:
        emitir_muchos(session, [])

    assert _told(db) == []


def test_a_rolled_back_number_is_drawn_again(db: Database) -> None:
    caso_id = uuid7()

    def fail() -> None:
        with db.begin() as session:
            emitir(session, CasoOrientado(caso_id=caso_id, tema="REG.TEMP"))
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError):
        fail()
    _tell(db, caso_id)

    assert [row.secuencia for row in _told(db)] == [1]


def test_writers_at_the_same_time_get_different_numbers(db: Database) -> None:
    caso_id = uuid7()
    threads = [threading.Thread(target=_tell, args=(db, caso_id, caso_id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [row.secuencia for row in _told(db)] == list(range(1, 17))


def test_the_relay_wakes_after_the_commit_not_after_a_savepoint(db: Database) -> None:
    before = db.outbox_changed.count
    with db.begin() as session:
        with session.begin_nested():
            emitir(session, CasoOrientado(caso_id=uuid7(), tema="REG.TEMP"))
        assert db.outbox_changed.count == before

    assert db.outbox_changed.count == before + 1


def test_an_id_that_is_not_drawn_yet_is_refused(db: Database) -> None:
    nobody: Any = None

    with db.begin() as session, pytest.raises(TypeError, match="flush before telling"):
        emitir(session, CasoOrientado(caso_id=nobody, tema="REG.TEMP"))


def test_the_source_names_comuna_and_service(db: Database) -> None:
    outbox.configure("recoleta")
    try:
        _tell(db, uuid7())
    finally:
        outbox.configure("independencia")

    (row,) = _told(db)
    assert row.cuerpo["source"] == "/recoleta/casos"
    assert row.cuerpo["id"] == str(row.evento_id)
