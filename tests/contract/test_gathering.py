"""What a request tells and writes down is written together, and is all there (both columns)."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from columns import COLUMNS
from oficina.actor import Actor
from oficina.audit import Auditoria, registrar
from oficina.bus.outbox import emitir
from oficina.bus.tables import Outbox
from oficina.db import Database, uuid7
from oficina.events.casos import AtencionRegistrada
from oficina.gathering import LIMIT
from oficina.privacy import Keyring, use_keyring

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
    with db.together(lambda _session: None) as whole:
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

    with db.together(lambda _session: None) as whole:
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
            _tell(session, cual)
            raise KeyError(cual)

    with db.together(lambda _session: began.append(True)) as whole:
        with pytest.raises(KeyError):
            fail()
        with db.begin() as session:
            registrar(session, QUIEN, "casos.algo", "atencion", cual)
        whole.commit()

    assert began == [True, True]
    assert _told(db, cual) == []
    assert _written(db) == [("casos.algo", None)]


def test_what_is_not_committed_was_never_told(db: Database) -> None:
    with db.together(lambda _session: None), db.begin() as session:
        _tell(session, uuid7())
        registrar(session, QUIEN, "casos.algo", "atencion", uuid7())

    assert _written(db) == []


def test_a_savepoint_that_is_undone_takes_what_it_told_along(db: Database) -> None:
    una, otra = uuid7(), uuid7()
    with db.together(lambda _session: None) as whole:
        with db.begin() as session:
            _tell(session, una)
            with session.begin_nested() as nested:
                _tell(session, otra)
                nested.rollback()
        whole.commit()

    assert (_told(db, una), _told(db, otra)) == ([1], [])
