"""A key of encryption is changed while the office writes: nothing is lost, nothing grows stale."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, insert, literal_column, select, text, update

from acogida.services import sealed_of
from casos.atenciones.models import Atencion, Canal
from casos.personas.models import Persona
from columns import COLUMNS
from office import wait_until
from oficina import reseal
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.db import Database, uuid7
from oficina.keyring import Keyring, add_key
from oficina.privacy import current_keyring, use_keyring
from servers import with_its_parent

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MARCA = 77
"""The number under which the rows were told to reportes."""
PERSONAS = 300
SELLADOS = PERSONAS * 2 // 3 + 20 + 2
"""Addresses, notes, and a reason in the audit with what its fingerprint was drawn with."""

SOLO_POSTGRESQL = pytest.mark.parametrize("db", COLUMNS[1:], indirect=True)


@pytest.fixture
def claves(tmp_path: Path) -> Path:
    """The folder of the keys, with which this process seals."""
    folder = tmp_path / "claves"
    use_keyring(Keyring.load(folder))
    return folder


@pytest.fixture(params=COLUMNS)
def db(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], claves: Path
) -> Database:
    """casos, with people whose address an old key sealed."""
    made = fresh_db(request.param, "casos")
    with made.begin() as session:
        session.execute(insert(Persona), [_persona(n) for n in range(PERSONAS)])
        session.execute(insert(Atencion), [_atencion(n) for n in range(20)])
        # A row that never changes, but for what is sealed in it.
        registrar(session, Actor.sistema("casos"), "casos.prueba", "caso", None, motivo="porque sí")
        # As reportes has read them.
        session.execute(text(f"UPDATE atenciones SET cambio = {MARCA}"))
    return made


def _persona(n: int) -> dict[str, object]:
    return {
        "id": uuid7(),
        "folio": f"P-2026-{n:06d}",
        "nombres": "Sintética",
        "clave_nombre": "sintetica",
        "direccion": f"Calle {n}" if n % 3 else None,
        "registrada_en": LONG_AGO,
        "version": 1,
    }


def _atencion(n: int) -> dict[str, object]:
    return {
        "id": uuid7(),
        "canal": Canal.PRESENCIAL,
        "tema": "INF",
        "inicio": LONG_AGO,
        "nota": f"Nota {n}",
    }


def _reseal(db: Database) -> reseal.Resealed:
    tables = sealed_of("casos")
    assert reseal.wait_for_writers(db, tables)
    return reseal.reseal(db, tables, current_keyring())


def _by_key(db: Database) -> Counter[str]:
    with db.read() as session:
        counted = [reseal.count(session, table) for table in sealed_of("casos")]
    return sum((by_key for one in counted for by_key in one.values()), Counter())


def test_all_that_an_old_key_sealed_is_sealed_anew_and_nothing_else_changes(
    db: Database, claves: Path
) -> None:
    old, new = current_keyring().writes, add_key(claves, LONG_AGO)
    use_keyring(Keyring.load(claves))

    result = _reseal(db)

    assert (result.done, result.left, result.unopened) == (SELLADOS, 0, {})
    assert _by_key(db) == {new.id: result.done}
    with db.read() as session:
        assert reseal.holders(session, old.id) == {}
        people = session.execute(select(Persona.folio, Persona.direccion, Persona.version)).all()
        told = set(session.scalars(select(literal_column("cambio")).select_from(Atencion)))
        notas = set(session.scalars(select(Atencion.nota)))
    assert {(f"P-2026-{n:06d}", f"Calle {n}" if n % 3 else None, 1) for n in range(PERSONAS)} == {
        tuple(row) for row in people
    }
    assert told == {MARCA}
    assert notas == {f"Nota {n}" for n in range(20)}
    assert _reseal(db).done == 0


def test_what_is_written_meanwhile_is_not_lost(db: Database, claves: Path) -> None:
    """People go on writing: through sessions that know the new key, and one that does not yet."""
    behind = current_keyring()
    written: dict[UUID, str] = {}
    stop = threading.Event()

    def write() -> None:
        luck = random.Random(7)
        with db.read() as session:
            ids = session.scalars(select(Persona.id)).all()
        turn = 0
        while not stop.wait(0.01) or turn < 30:
            turn += 1
            who, where = luck.choice(ids), f"Pasaje {turn}"
            with db.begin() as session:
                session.get_one(Persona, who).direccion = where
            written[who] = where

    add_key(claves, LONG_AGO)
    use_keyring(behind)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        result = _reseal_with(db, Keyring.load(claves))
    finally:
        stop.set()
        writer.join()
    last = _reseal_with(db, Keyring.load(claves))

    assert result.done > 0
    assert last.left == 0
    assert len(_by_key(db)) == 1
    with db.read() as session:
        rows = session.execute(select(Persona.id, Persona.direccion)).all()
        edited = session.scalar(select(func.count()).where(Persona.version > 1))
    assert {who: where for who, where in rows if who in written} == written
    assert edited == len(written)


def _reseal_with(db: Database, ring: Keyring) -> reseal.Resealed:
    return reseal.reseal(db, sealed_of("casos"), ring)


@SOLO_POSTGRESQL
def test_who_edits_a_row_is_neither_kept_waiting_nor_overtaken(db: Database, claves: Path) -> None:
    with db.begin() as session:
        one = session.scalars(select(Persona).where(Persona.direccion.is_not(None))).first()
        assert one is not None
        one.direccion = "Sellada con la clave de antes"
        session.flush()
        add_key(claves, LONG_AGO)
        ring = Keyring.load(claves)
        resealing = threading.Thread(target=_reseal_with, args=(db, ring))
        resealing.start()
        # Everybody else's row is done while this one is held.
        wait_until("all but one", lambda: _by_key(db)[ring.writes.id] >= SELLADOS - 1)
    resealing.join()

    assert set(_by_key(db)) == {ring.writes.id}
    with db.read() as session:
        again = session.get_one(Persona, one.id)
    assert (again.direccion, again.version) == ("Sellada con la clave de antes", 2)


def test_what_does_not_open_stays_and_keeps_its_key_needed(db: Database, claves: Path) -> None:
    old = current_keyring().writes
    add_key(claves, LONG_AGO)
    use_keyring(Keyring.load(claves))
    spoilt = f"v1.{old.id}.AAAA"
    with db.begin() as session:
        one = session.scalars(select(Persona.id).where(Persona.direccion.is_not(None))).first()
        # As it stands there: the column itself would seal it.
        literal = literal_column(f"'{spoilt}'")
        session.execute(update(Persona).where(Persona.id == one).values(direccion=literal))

    result = _reseal(db)

    assert result.unopened == {"personas.direccion": 1}
    assert result.left == 1
    with db.read() as session:
        assert reseal.holders(session, old.id) == {"personas.direccion": 1}


def test_a_key_is_needed_wherever_its_texts_are(db: Database) -> None:
    old = current_keyring().writes
    with db.begin() as session:
        session.execute(
            text("UPDATE personas SET nacionalidades = :said"), {"said": f'["v1.{old.id}.x"]'}
        )
        found = reseal.holders(session, old.id)

    assert found["personas.nacionalidades"] == PERSONAS
    assert found["atenciones.nota"] == 20


PROGRAM = """
import sys, time
from pathlib import Path
from acogida.services import sealed_of
from oficina.db import Database
from oficina.privacy import Keyring
from oficina.reseal import reseal

db = Database(sys.argv[1])
# The first batch is committed; the next one never comes.
reseal(db, sealed_of("casos"), Keyring.load(Path(sys.argv[2])), lambda _many: time.sleep(600))
"""


def test_after_a_kill_it_goes_on_where_it_stopped(db: Database, claves: Path) -> None:
    new = add_key(claves, LONG_AGO)
    command = [sys.executable, "-c", PROGRAM, db.engine.url.render_as_string(False), str(claves)]
    process = subprocess.Popen(command, preexec_fn=with_its_parent(signal.SIGKILL))  # noqa: PLW1509  as in servers.process
    wait_until("a first batch", lambda: _by_key(db)[new.id] > 0, seconds=60)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    between = _by_key(db)[new.id]

    use_keyring(Keyring.load(claves))
    result = _reseal(db)

    assert 0 < between < SELLADOS
    assert result.done == SELLADOS - between
    assert set(_by_key(db)) == {new.id}
