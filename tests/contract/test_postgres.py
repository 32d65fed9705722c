"""What every connection of a service asks of PostgreSQL."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from oficina.db import Database
from oficina.gathering import Line, ask

OFTEN = 10
"""The driver prepares what it is asked more often than five times."""

THINGS = text("SELECT valor FROM cosas")


@pytest.fixture
def db(fresh_db: Callable[[str, str], Database]) -> Database:
    """A database with one thing in it."""
    db = fresh_db("postgresql", "casos")
    with db.begin() as session:
        session.execute(text("CREATE TABLE cosas (valor varchar(10))"))
        session.execute(text("INSERT INTO cosas VALUES ('una')"))
    return db


@pytest.mark.servers
def test_a_statement_has_no_helpers(db: Database) -> None:
    ask = text("SHOW max_parallel_workers_per_gather")
    with db.begin() as session:
        assert session.scalar(ask) == "0"
        session.rollback()
    with db.read() as session, db.glance() as connection:
        assert (session.scalar(ask), connection.scalar(ask)) == ("0", "0")


@pytest.mark.servers
def test_what_is_read_often_is_prepared_and_stays_so(db: Database) -> None:
    _read_often(db)

    with db.read() as session:
        assert _prepared(session) == 1


@pytest.mark.servers
def test_a_look_that_ends_early_forgets_nothing_either(db: Database) -> None:
    _read_often(db)

    with suppress(LookupError), db.read() as session:
        session.scalar(THINGS)
        raise LookupError
    with db.read() as session:
        assert _prepared(session) == 1


@pytest.mark.servers
def test_a_look_writes_nothing(db: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"), db.read() as session:
        session.execute(text("INSERT INTO cosas VALUES ('otra')"))

    with db.read() as session:
        assert session.scalars(THINGS).all() == ["una"]
    with db.begin() as session:
        session.execute(text("INSERT INTO cosas VALUES ('otra')"))
    with db.read() as session:
        assert session.scalars(THINGS).all() == ["una", "otra"]


@pytest.mark.servers
def test_what_was_prepared_before_a_migration_fails_once_at_most(db: Database) -> None:
    _read_often(db)
    with db.glance() as other, db.glance() as connection:
        for _ in range(OFTEN):
            connection.scalar(THINGS)
            other.scalar(THINGS)
        # By a third one, as the driver forgets what was prepared on the one that alters something.
        with db.begin() as session:
            session.execute(text("ALTER TABLE cosas ALTER valor TYPE text"))

    with suppress(DBAPIError), db.glance() as connection:
        connection.scalar(THINGS)

    with db.glance() as other, db.glance() as connection:
        assert (other.scalar(THINGS), connection.scalar(THINGS)) == ("una", "una")


@pytest.mark.servers
def test_what_the_driver_alone_prepared_before_a_migration_fails_once_at_most(db: Database) -> None:
    with Line(db.engine) as other, Line(db.engine) as line:
        for _ in range(OFTEN):
            assert ask(line, THINGS.text, []) == ask(other, THINGS.text, []) == ("una",)
        with db.begin() as session:
            session.execute(text("ALTER TABLE cosas ALTER valor TYPE text"))

    with pytest.raises(DBAPIError), Line(db.engine) as line:
        ask(line, THINGS.text, [])

    with Line(db.engine) as other, Line(db.engine) as line:
        assert ask(line, THINGS.text, []) == ask(other, THINGS.text, []) == ("una",)


@pytest.mark.servers
def test_a_connection_that_is_lost_within_a_look_is_replaced(db: Database) -> None:
    with pytest.raises(DBAPIError) as failure, db.read() as session, db.glance() as other:
        mine = session.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT pg_terminate_backend(:mine)"), {"mine": mine})
        session.scalar(THINGS)

    assert failure.value.connection_invalidated
    with db.read() as session:
        assert session.scalar(THINGS) == "una"


@pytest.mark.servers
def test_a_connection_that_is_lost_as_a_look_ends_is_replaced(db: Database) -> None:
    with suppress(DBAPIError), db.read() as session, db.glance() as other:
        mine = session.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT pg_terminate_backend(:mine)"), {"mine": mine})

    with db.read() as session:
        assert session.scalar(THINGS) == "una"


def _read_often(db: Database) -> None:
    for _ in range(OFTEN):
        with db.read() as session:
            assert session.scalar(THINGS) == "una"


def _prepared(session: Session) -> int | None:
    ask = text("SELECT count(*) FROM pg_prepared_statements WHERE statement = :said")
    return session.scalar(ask, {"said": str(THINGS)})
