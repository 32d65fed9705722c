"""What a request tells and writes down is written together, and is all there (both columns)."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from columns import COLUMNS
from oficina.actor import Actor
from oficina.audit import Auditoria, registrar
from oficina.bus.outbox import emitir
from oficina.bus.tables import Outbox
from oficina.db import Database, uuid7, write_rows
from oficina.events.casos import AtencionRegistrada
from oficina.gathering import LIMIT, ask
from oficina.privacy import Keyring, use_keyring
from oficina.web.idempotency import KeptAnswer

QUIEN = Actor.sistema("casos")


@pytest.fixture(params=COLUMNS)
def db(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Database:
    use_keyring(Keyring.load(tmp_path / "claves"))
    return fresh_db(request.param, "casos")


def _tell(session: Session, cual: UUID) -> None:
    emitir(
        session,
        AtencionRegistrada(atencion_id=cual, canal="presencial", tema="salud", anonima=True),
    )


def _told(db: Database, cual: UUID) -> list[int]:
    with db.read() as session:
        query = select(Outbox.secuencia).where(Outbox.agregado == f"atencion/{cual}")
        return sorted(session.scalars(query))


def _written(db: Database) -> list[tuple[str, str | None]]:
    with db.read() as session:
        query = select(Auditoria.accion, Auditoria.motivo).order_by(Auditoria.id)
        return [(row.accion, row.motivo) for row in session.execute(query)]


def test_everything_is_there_however_much_it_is(db: Database) -> None:
    """More than one statement holds, several facts of one thing, values that are sealed."""
    una, otras = uuid7(), [uuid7() for _ in range(LIMIT)]
    with db.together(lambda _connection: None) as whole:
        with db.begin() as session:
            for cual in (una, *otras, una, una):
                _tell(session, cual)
                registrar(session, QUIEN, "casos.algo", "atencion", cual, motivo="Porque sí")
        whole.commit()

    assert _told(db, una) == [1, 2, 3]
    assert [_told(db, otra) for otra in otras] == [[1]] * len(otras)
    assert _written(db) == [("casos.algo", "Porque sí")] * (len(otras) + 3)


def test_a_later_part_sees_it_and_fails_alone(db: Database) -> None:
    cual = uuid7()
    seen: list[int] = []

    def fail() -> None:
        with db.begin() as session:
            seen.extend(session.scalars(select(Outbox.secuencia)))
            _tell(session, cual)
            registrar(session, QUIEN, "casos.tarde", "atencion", cual)
            raise KeyError(cual)

    with db.together(lambda _connection: None) as whole:
        with db.begin() as session:
            _tell(session, cual)
            registrar(session, QUIEN, "casos.algo", "atencion", cual)
        with pytest.raises(KeyError):
            fail()
        with db.begin() as session:
            _tell(session, cual)
        whole.commit()

    assert seen == [1]
    assert _told(db, cual) == [1, 2]
    assert _written(db) == [("casos.algo", None)]


def test_the_first_part_undoes_itself_and_the_next_begins_anew(db: Database) -> None:
    began: list[bool] = []
    cual = uuid7()

    def fail() -> None:
        with db.begin() as session:
            assert session.scalar(select(Outbox.secuencia)) is None
            _tell(session, cual)
            raise KeyError(cual)

    with db.together(lambda _connection: began.append(True)) as whole:
        with pytest.raises(KeyError):
            fail()
        with db.begin() as session:
            assert session.scalar(select(Outbox.secuencia)) is None
            registrar(session, QUIEN, "casos.algo", "atencion", cual)
        whole.commit()

    assert began == [True, True]
    assert _told(db, cual) == []
    assert _written(db) == [("casos.algo", None)]


def test_what_is_not_committed_was_never_told(db: Database) -> None:
    with db.together(lambda _connection: None), db.begin() as session:
        _tell(session, uuid7())
        registrar(session, QUIEN, "casos.algo", "atencion", uuid7())

    assert _written(db) == []


def test_a_savepoint_that_is_undone_takes_what_it_told_along(db: Database) -> None:
    una, otra = uuid7(), uuid7()
    with db.together(lambda _connection: None) as whole:
        with db.begin() as session:
            _tell(session, una)
            with session.begin_nested() as nested:
                _tell(session, otra)
                nested.rollback()
        whole.commit()

    assert (_told(db, una), _told(db, otra)) == ([1], [])


def test_what_is_all_gathered_is_one_statement_and_no_transaction_is_begun(db: Database) -> None:
    """SQLite's transaction begins at once: whoever writes there is alone."""
    began: list[bool] = []
    asked: list[str] = []
    cual = uuid7()
    woken = db.outbox_changed.count
    event.listen(db.engine, "begin", lambda connection: asked.append(_begins(connection)))
    event.listen(db.engine, "before_cursor_execute", lambda _c, _k, sql, *_r: asked.append(sql))

    with db.together(lambda _connection: began.append(True)) as whole:
        with db.begin() as session:
            _tell(session, cual)
            registrar(session, QUIEN, "casos.algo", "atencion", cual)
        whole.commit()
    if not db.is_sqlite:
        assert not began
        (statement,) = (said for said in asked if said)
        assert statement.startswith("WITH")

    assert db.outbox_changed.count == woken + 1
    assert _told(db, cual) == [1]
    assert _written(db) == [("casos.algo", None)]


def _begins(connection: Connection) -> str:
    return "BEGIN" if connection.get_execution_options().get("oficina_begin", True) else ""


def test_what_the_database_refuses_is_said_as_any_other_statement(db: Database) -> None:
    """All of it is undone, and the connection serves the next one."""
    if db.is_sqlite:
        return
    cual = uuid7()

    def write() -> None:
        with db.together(lambda _connection: None) as whole:
            with db.begin() as session:
                _tell(session, cual)
                write_rows(session, KeptAnswer.metadata.tables["idempotencia"], [{"clave": "k"}])
            whole.commit()

    with pytest.raises(IntegrityError, match="idempotencia"):
        write()

    assert _told(db, cual) == []
    with db.alone() as connection:
        assert ask(connection, "SELECT $1::int + 1", [1]) == (2,)


def test_a_connection_that_went_away_is_given_up(db: Database) -> None:
    if db.is_sqlite:
        return
    with db.alone() as connection, pytest.raises(OperationalError) as caught:
        ask(connection, "SELECT pg_terminate_backend(pg_backend_pid())", [])

    assert caught.value.connection_invalidated
    with db.alone() as connection:
        assert ask(connection, "SELECT 1", []) == (1,)
