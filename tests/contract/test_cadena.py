"""The chain of the audit, the same on both columns: nothing left out, nothing sealed twice, and
whoever rewrites the database is found out, link by link."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

import oficina.cadena.sealer as sealing
from columns import COLUMNS
from ledger import ACTOR, SERVICIO, Libro
from office import wait_until
from oficina.audit import Auditoria, registrar
from oficina.cadena.heads import Cabezas
from oficina.cadena.sealer import Sealer
from oficina.cadena.tables import PorSellar
from oficina.cadena.verify import Que
from oficina.db import Database
from servers import with_its_parent

PROGRAM = Path(__file__).with_name("sealing.py")


@pytest.fixture(params=COLUMNS)
def libro(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Libro:
    """An audit on a column."""
    return Libro(fresh_db(request.param, SERVICIO), tmp_path)


@pytest.fixture
def pg_libro(fresh_db: Callable[[str, str], Database], tmp_path: Path) -> Libro:
    """An audit on PostgreSQL, where transactions commit in any order."""
    return Libro(fresh_db("postgresql", SERVICIO), tmp_path)


def _is_whole(libro: Libro) -> None:
    """Every row is in the chain once, in a sequence without a gap."""
    with libro.db.read() as session:
        rows = set(session.scalars(select(Auditoria.id)))
        waiting = session.scalar(select(func.count()).select_from(PorSellar))
    links = libro.cadena()
    assert [link.secuencia for link in links] == list(range(1, len(rows) + 1))
    assert {link.auditoria_id for link in links} == rows
    assert waiting == 0
    seen = libro.revisar()
    assert seen.rotura is None
    assert seen.cabeza.secuencia == len(rows)


def test_rows_are_chained_in_order_each_to_the_one_before(libro: Libro) -> None:
    first = libro.sellar(3)
    second = libro.sellar(2, motivo="Lo pidió la persona")

    links = libro.cadena()
    assert [link.auditoria_id for link in links] == first + second
    assert len({link.hash for link in links}) == 5
    assert libro.sealer.run_once() == 0
    _is_whole(libro)


def test_a_row_of_a_change_that_was_taken_back_is_nowhere(libro: Libro) -> None:
    with pytest.raises(RuntimeError), libro.db.begin() as session:
        registrar(session, ACTOR, "casos.caso.ver", "caso", uuid4())
        session.flush()
        raise RuntimeError
    libro.sellar(1)

    assert len(libro.cadena()) == 1


def test_however_many_wait_a_turn_takes_some_the_oldest_first(libro: Libro) -> None:
    old = libro.anotar(1)[0]
    with libro.db.begin() as session:
        for _ in range(sealing.BATCH + 3):
            registrar(session, ACTOR, "casos.caso.ver", "caso", None)

    assert libro.sealer.run_once() == sealing.BATCH
    libro.sellar()
    assert libro.cadena()[0].auditoria_id == old
    _is_whole(libro)


def test_a_row_that_commits_late_is_sealed_late_and_not_left_out(pg_libro: Libro) -> None:
    with pg_libro.db.begin() as late:
        registrar(late, ACTOR, "casos.caso.ver", "caso", uuid4())
        late.flush()
        slow = late.scalars(select(Auditoria.id)).one()
        quick = pg_libro.sellar(3)
        assert slow < min(quick)
        assert [link.auditoria_id for link in pg_libro.cadena()] == quick
    pg_libro.sellar()

    assert [link.auditoria_id for link in pg_libro.cadena()] == [*quick, slow]
    _is_whole(pg_libro)


def test_many_write_and_several_seal_at_once(
    pg_libro: Libro, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "PAUSE", 0.0)
    monkeypatch.setattr(sealing, "BATCH", 5)
    stop = threading.Event()
    with ExitStack() as stack:
        for number in range(2):
            other = Sealer(pg_libro.db, SERVICIO, Cabezas(pg_libro.settings, SERVICIO))
            thread = threading.Thread(target=other.run, args=(stop,), name=f"sealer-{number}")
            thread.start()
            stack.callback(thread.join)
        stack.callback(stop.set)
        writers = [threading.Thread(target=_write, args=(pg_libro, 25)) for _ in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        wait_until("all sealed", lambda: len(pg_libro.cadena()) == 4 * 25 * 2)

    _is_whole(pg_libro)


def _write(libro: Libro, times: int) -> None:
    for number in range(times):
        with libro.db.begin() as session:
            registrar(session, ACTOR, "casos.caso.ver", "caso", uuid4())
            session.flush()
            session.execute(text("SELECT pg_sleep(0.002)" if number % 3 else "SELECT 1"))
            registrar(session, ACTOR, "casos.persona.ver", "persona", uuid4(), motivo="porque sí")


def test_a_killed_sealer_leaves_whole_turns(pg_libro: Libro) -> None:
    for _life in range(2):
        before = len(pg_libro.cadena())
        pg_libro.anotar(20)
        with _sealing(pg_libro) as process:
            wait_until("some links", lambda: len(pg_libro.cadena()) > before)  # noqa: B023  used at once
            process.kill()
            process.wait()
        links = pg_libro.cadena()
        assert [link.secuencia for link in links] == list(range(1, len(links) + 1))
    pg_libro.sellar()

    _is_whole(pg_libro)


class _sealing:  # noqa: N801  used as a function is
    def __init__(self, libro: Libro) -> None:
        self._libro = libro

    def __enter__(self) -> subprocess.Popen[bytes]:
        database = self._libro.db.engine.url.render_as_string(hide_password=False)
        self._process = subprocess.Popen(
            [sys.executable, PROGRAM, database, self._libro.folder],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=with_its_parent(signal.SIGKILL),  # noqa: PLW1509  as in servers.process
        )
        return self._process

    def __exit__(self, *_what: object) -> None:
        self._process.kill()
        self._process.wait()


# What the database itself refuses.


def test_the_database_refuses_to_change_what_was_told(libro: Libro) -> None:
    libro.sellar(2)

    for statement in (
        "UPDATE auditoria SET actor_nombre = 'Nadie'",
        "UPDATE auditoria SET motivo_huella = NULL",
        "DELETE FROM auditoria",
        "UPDATE auditoria_cadena SET hash = huella",
        "DELETE FROM auditoria_cadena",
    ):
        with pytest.raises(DBAPIError, match="never changes"), libro.db.begin() as session:
            session.execute(text(statement))

    _is_whole(libro)


def test_a_reason_may_be_sealed_under_another_key(libro: Libro) -> None:
    (fila,) = libro.sellar(1, motivo="Lo pidió la persona")
    with libro.db.begin() as session:
        row = session.get_one(Auditoria, fila)
        stored = session.scalar(text("SELECT motivo FROM auditoria"))
        motivo, sal = row.motivo, row.motivo_sal
        row.motivo, row.motivo_sal = None, None
        session.flush()
        row.motivo, row.motivo_sal = motivo, sal

    with libro.db.read() as session:
        assert session.scalar(text("SELECT motivo FROM auditoria")) != stored
    _is_whole(libro)


# What somebody does who removes the triggers first; more in tests/unit/oficina/test_cadena.py.


def test_a_row_that_was_altered_is_named(libro: Libro) -> None:
    ids = libro.sellar(5)

    libro.intruso().cambiar(ids[2], actor_nombre="Otra persona")

    rotura = libro.revisar().rotura
    assert rotura is not None
    assert (rotura.que, rotura.secuencia, rotura.auditoria_id) == (Que.FILA_CAMBIADA, 3, ids[2])


@pytest.mark.parametrize("attack", ["alter", "delete"])
def test_a_chain_made_again_is_not_what_was_signed(libro: Libro, attack: str) -> None:
    ids = libro.sellar(3)
    libro.firmar("2026-11-24")
    ids += libro.sellar(3)
    libro.firmar("2026-11-25")
    ids += libro.sellar(2)
    libro.firmar("2026-11-26")
    assert libro.revisar().cabezas == 3
    intruso = libro.intruso()

    if attack == "alter":
        intruso.cambiar(ids[4], actor_nombre="Otra persona")
    else:
        intruso.borrar(5)
    intruso.rehacer(5)

    seen = libro.revisar()
    assert seen.rotura is not None
    assert seen.rotura.que is Que.NO_ES_LO_FIRMADO
    assert (seen.rotura.desde, seen.rotura.secuencia) == (3, 6)
    assert seen.rotura.cabeza is not None
    assert seen.rotura.cabeza.archivo.name == "2026-11-25.jws"
