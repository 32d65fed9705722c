"""What the processes of a service tell one another of what they commit (PostgreSQL)."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import cast

import psycopg
import pytest
from sqlalchemy import Table, func, make_url, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from office import wait_until
from oficina.bus import hints, relay
from oficina.bus.inbox import Handlers
from oficina.bus.outbox import emitir
from oficina.bus.relay import Relay
from oficina.bus.tables import AggregateCounter, Inbox
from oficina.bus.transport import LocalTransport
from oficina.changes import Changes
from oficina.db import Database, uuid7
from oficina.events.casos import AtencionRegistrada
from oficina.rows import write_rows

pytestmark = pytest.mark.servers
PATIENCE = 30.0
COUNTERS = cast("Table", AggregateCounter.__table__)


@pytest.fixture
def db(fresh_db: Callable[[str, str], Database]) -> Database:
    return fresh_db("postgresql", "casos")


@pytest.fixture
def lasting(monkeypatch: pytest.MonkeyPatch) -> None:
    """No machine is so slow that the moment is over before the next line."""
    monkeypatch.setattr(Changes, "MOMENT", PATIENCE)


@pytest.mark.usefixtures("lasting")
def test_what_ends_a_moment_after_a_hint_gives_none(db: Database) -> None:
    with _heard(db) as heard:
        for _ in range(3):
            _ask_for_something(db)
        assert heard() == [hints.OUTBOX]


def test_what_ends_later_gives_its_own(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Changes, "MOMENT", 0.0)
    with _heard(db) as heard:
        for _ in range(3):
            _ask_for_something(db)
        assert heard() == [hints.OUTBOX] * 3


def test_who_gives_none_does_not_make_the_moment_longer(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Changes, "MOMENT", 0.5)
    ends = time.monotonic() + 4 * Changes.MOMENT
    with _heard(db) as heard:
        while time.monotonic() < ends:
            _ask_for_something(db)
        assert len(heard()) > 1


@pytest.mark.usefixtures("lasting")
def test_a_transaction_that_may_take_its_time_always_gives_its_own(db: Database) -> None:
    with _heard(db) as heard:
        _ask_for_something(db)
        with db.begin() as session:
            _tell(session)
        _ask_for_more(db)
        assert heard() == [hints.OUTBOX] * 3


@pytest.mark.usefixtures("lasting")
def test_who_may_still_be_undone_announces_nothing(db: Database) -> None:
    with _heard(db) as heard:
        _ask_for_more(db)
        _ask_for_something(db)
        assert heard() == [hints.OUTBOX] * 2


@pytest.mark.usefixtures("lasting")
def test_what_was_undone_announces_nothing(db: Database) -> None:
    with _heard(db) as heard:
        with db.together(lambda _connection: None) as whole:
            with db.begin() as session:
                _tell(session)
                for _ in range(2):
                    write_rows(session, COUNTERS, [{"agregado": "x", "ultimo": 1}])
            with pytest.raises(IntegrityError):
                whole.commit()
        assert heard() == []
        _ask_for_something(db)
        assert heard() == [hints.OUTBOX]


def test_a_relay_looks_once_more_when_those_who_gave_no_hint_have_ended(
    db: Database, fresh_db: Callable[[str, str], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "POLL", 10 * PATIENCE)
    monkeypatch.setattr(Changes, "MOMENT", 2.0)
    agenda, handlers = fresh_db("postgresql", "agenda"), Handlers("agenda")
    handlers.on(AtencionRegistrada)(lambda _session, _hecho, _sobre: None)
    with closing(Database(db.url)) as elsewhere, _relay(db, LocalTransport([(agenda, handlers)])):
        db.outbox_changed.set()
        time.sleep(0.5)
        elsewhere.outbox_changed.announce(time.monotonic())
        with _heard(db) as heard:
            _ask_for_something(elsewhere)
            assert heard() == []
        wait_until("the fact", lambda: _arrived(agenda) == 1, PATIENCE)


def _tell(session: Session) -> None:
    fact = AtencionRegistrada(atencion_id=uuid7(), canal="presencial", tema="salud", anonima=True)
    emitir(session, fact)


def _ask_for_something(db: Database) -> None:
    """As a request does of which all is one statement."""
    with db.together(lambda _connection: None) as whole:
        with db.begin() as session:
            _tell(session)
        whole.commit()


def _ask_for_more(db: Database) -> None:
    """As a request does that reads what it has written: a transaction of several statements."""
    with db.together(lambda _connection: None) as whole:
        with db.begin() as session:
            _tell(session)
        with db.read():
            pass
        whole.commit()


@contextmanager
def _heard(db: Database) -> Iterator[Callable[[], list[str]]]:
    """What other processes hear, since they were last asked."""
    url = make_url(db.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"LISTEN {hints.OUTBOX}")
        # Hints come with the answer to whatever is asked.
        yield lambda: [hint.channel for hint in connection.notifies(timeout=0.2)]


@contextmanager
def _relay(db: Database, transport: LocalTransport) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=Relay(db, transport, "casos").run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        db.outbox_changed.set()
        thread.join()


def _arrived(agenda: Database) -> int:
    with agenda.read() as session:
        return session.scalar(select(func.count()).select_from(Inbox)) or 0
