"""What a request tells and writes down is written together, and is all there (both columns)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import JSON, Table, event, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import QueuePool

from columns import COLUMNS
from oficina.actor import Actor
from oficina.audit import Auditoria, registrar, registrar_lectura
from oficina.bus.outbox import emitir
from oficina.bus.tables import Outbox
from oficina.clock import ZONA, real_now
from oficina.db import Database, Identified, new_registry, text_enum, uuid7
from oficina.events.casos import AtencionRegistrada
from oficina.gathering import LIMIT, Line, ask
from oficina.privacy import EncryptedText, Keyring, use_keyring
from oficina.rows import write_rows
from oficina.web.kept_answers import KeptAnswer

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


def test_a_connection_of_the_driver_alone_is_one_of_the_pool(db: Database) -> None:
    """Told of, given back, given up when it is gone, tried after it rested."""
    if db.is_sqlite:
        return
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _k, sql, *_r: asked.append(sql))

    with Line(db.engine) as line:
        assert ask(line, "SELECT $1::int + 1", [1]) == (2,)
        (before,) = ask(line, "SELECT pg_backend_pid()", [])
    assert asked == ["SELECT $1::int + 1", "SELECT pg_backend_pid()"]
    assert (_checked_out(db), _checked_in(db)) == (0, 1)

    with Line(db.engine) as line, pytest.raises(OperationalError) as caught:
        ask(line, "SELECT pg_terminate_backend(pg_backend_pid())", [])
    assert caught.value.connection_invalidated
    assert _checked_out(db) == 0
    with Line(db.engine) as line:
        (after,) = ask(line, "SELECT pg_backend_pid()", [])
    assert after != before

    # Gone while it rested, which nobody has noticed.
    with Line(db.engine) as line, db.glance() as other:
        (resting,) = ask(line, "SELECT pg_backend_pid()", [])
        rests = line.connection.info
        line.connection.close()
        rests["oficina_rests_since"] = 0.0
        other.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": resting})
        with Line(db.engine) as again:
            (pid,) = ask(again, "SELECT pg_backend_pid()", [])
    assert pid != resting


def test_a_reading_is_written_by_itself_or_with_what_has_begun(db: Database) -> None:
    una, otra = uuid7(), uuid7()
    registrar_lectura(db, QUIEN, "casos.ver", "atencion", una, cantidad=2, motivo_codigo="c")
    with db.read() as session:
        (row,) = session.scalars(select(Auditoria))
    assert (row.recurso_id, row.cantidad, row.motivo_codigo, row.motivo) == (una, 2, "c", None)
    assert (row.actor_id, row.direccion, row.sesion_id) == (QUIEN.id, None, None)

    with db.together(lambda _connection: None):
        with db.begin() as session:
            registrar(session, QUIEN, "casos.algo", "atencion", otra)
        registrar_lectura(db, QUIEN, "casos.ver", "atencion", otra)
    assert _written(db) == [("casos.ver", None)]

    with db.together(lambda _connection: None) as whole:
        registrar_lectura(db, QUIEN, "casos.ver", "atencion", una)
        with db.begin() as session:
            registrar(session, QUIEN, "casos.algo", "atencion", otra)
        registrar_lectura(db, QUIEN, "casos.ver", "atencion", otra)
        whole.commit()
    assert _written(db) == [
        ("casos.ver", None),
        ("casos.ver", None),
        ("casos.algo", None),
        ("casos.ver", None),
    ]


def test_what_keeps_the_driver_from_connecting_is_said_as_by_sqlalchemy() -> None:
    db = Database("postgresql+psycopg://nadie:nada@127.0.0.1:1/nada")

    with pytest.raises(OperationalError, match=r"127\.0\.0\.1") as caught:
        Line(db.engine)
    with pytest.raises(OperationalError) as expected, db.alone():
        pass

    assert type(caught.value.orig) is type(expected.value.orig)
    assert caught.value.connection_invalidated == expected.value.connection_invalidated


class Color(StrEnum):
    ROJO = "rojo"
    AZUL = "azul"


class _Base(DeclarativeBase):
    registry = new_registry()


class Cosa(Identified, _Base):
    """One column of each kind that needs to be made something of."""

    __tablename__ = "cosas_de_prueba"

    color: Mapped[Color] = mapped_column(text_enum(Color))
    otro: Mapped[Color] = mapped_column(text_enum(Color), default=Color.AZUL)
    vale: Mapped[bool] = mapped_column(default=False)
    datos: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    veces: Mapped[int] = mapped_column(default=3)
    visto_en: Mapped[datetime] = mapped_column()
    hecho_en: Mapped[datetime] = mapped_column(default=real_now)
    secreto: Mapped[str] = mapped_column(EncryptedText("casos.prueba.secreto"))
    nada: Mapped[str | None] = mapped_column()


def test_a_row_that_is_gathered_is_as_the_one_that_a_session_writes(db: Database) -> None:
    _Base.metadata.create_all(db.engine)
    una, otra = uuid7(), uuid7()
    visto = datetime(2026, 11, 27, 9, 30, tzinfo=ZONA)
    given: Mapping[str, Any] = {"color": Color.ROJO, "visto_en": visto, "secreto": "Ñandú"}
    with db.together(lambda _connection: None) as whole:
        with db.begin() as session:
            write_rows(session, _TABLE, [{"id": una, "nada": None, **given}])
        whole.commit()
    with db.begin() as session:
        session.add(Cosa(id=otra, **given))

    with db.read() as session:
        one, other = (session.get_one(Cosa, cual) for cual in (una, otra))
    for name in ("color", "otro", "vale", "datos", "veces", "visto_en", "secreto", "nada"):
        assert getattr(one, name) == getattr(other, name), name
        assert type(getattr(one, name)) is type(getattr(other, name)), name
    assert one.hecho_en <= other.hecho_en
    with db.read() as session:
        raw = session.connection().exec_driver_sql("SELECT secreto, color FROM cosas_de_prueba")
        assert {(secreto[:3], color) for secreto, color in raw} == {("v1.", "rojo")}


@pytest.mark.parametrize(
    ("name", "value"), [("color", "verde"), ("visto_en", real_now().replace(tzinfo=None))]
)
def test_a_value_that_its_column_cannot_hold_is_not_gathered(
    db: Database, name: str, value: object
) -> None:
    if db.is_sqlite:
        return
    given = {"id": uuid7(), "color": Color.ROJO, "visto_en": real_now(), "secreto": "x"}

    def write() -> None:
        with db.together(lambda _connection: None) as whole:
            with db.begin() as session:
                write_rows(session, _TABLE, [given | {name: value}])
            whole.commit()

    with pytest.raises((LookupError, ValueError)):
        write()


_TABLE: Table = _Base.metadata.tables[Cosa.__tablename__]


def _checked_out(db: Database) -> int:
    pool = db.engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


def _checked_in(db: Database) -> int:
    pool = db.engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedin()
