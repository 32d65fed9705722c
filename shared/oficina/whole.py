"""One transaction of all that is done inside it, for who must keep an answer with its effect.

A `Database` makes one (`together`) and, while it lasts, gives its parts to who begins a
transaction, reads, or asks for a connection.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Self

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from oficina.gathering import Gathered, Line

if TYPE_CHECKING:
    from oficina.db import Database

_PART = "oficina_part"
_GATHERED = "oficina_gathered"
_BEGAN = "oficina_began"


def has_committed(session: Session) -> bool:
    """Whether the commit that a session tells of is one: for listeners to `after_commit`.

    The release of a savepoint commits nothing yet, nor does a part of `together()`.
    """
    return not session.in_nested_transaction() and _PART not in session.info


def gathering(session: Session) -> Gathered | None:
    """What this transaction writes together at its end; None when each thing is written at once."""
    if session.in_nested_transaction():
        return None
    gathered: Gathered | None = session.info.get(_GATHERED)
    return gathered


def tell_whole(session: Session, _transaction: object, connection: Connection) -> None:
    """A session has its first connection: if it is the one of a whole, that begins.

    For listeners to `after_begin`.
    """
    if began := session.info.pop(_BEGAN, None):
        began(connection)


class Whole:
    """One transaction of several parts; it begins with the first of them that writes.

    On PostgreSQL it begins with their first statement: when all that they write was gathered, that
    is one statement and a transaction of its own.

    A part that fails undoes itself alone: the first one, which has nothing before it to keep, by
    undoing the transaction, which begins anew with the next one; the others to their savepoint.
    What a part told or asked for (`Session.info`) is done when the whole commits.
    """

    def __init__(self, db: "Database", began: Callable[[Connection], None]) -> None:
        """`began` is called with the connection of the whole as soon as there is one."""
        self.db = db
        self._began = began
        self._session: Session | None = None
        self._kept = False
        """Whether a part ended well."""

    def __enter__(self) -> Self:
        self._outer = under_way.set(self)
        return self

    def __exit__(self, *_error: object) -> None:
        under_way.reset(self._outer)
        self.close()

    @property
    def has_begun(self) -> bool:
        """Whether anything was written."""
        return self._session is not None

    def look(self) -> Session:
        """A session that sees what was written and whose own changes are not kept."""
        return Session(
            self._written(),
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
            info={_PART: True},
        )

    def part(self) -> AbstractContextManager[Session]:
        """A session like any other, whose commit is the end of the part."""
        return self._further_part() if self._kept else _FirstPart(self)

    @contextmanager
    def _further_part(self) -> Iterator[Session]:
        outer = self._open()
        with self.look() as session:
            with session.begin():
                yield session
            told = outer.info.setdefault("nudges", [])
            told += session.info.pop("nudges", [])
            if session.info.pop("emitted", False):
                outer.info["emitted"] = True

    def last(self, write: Callable[[Session], None]) -> None:
        """Something more after all parts, which undoes the whole when it fails."""
        write(self._open())

    def commit(self) -> None:
        """Keep it all, and wake whoever waits for it."""
        session = self._session
        if session is None:
            return
        if _BEGAN in session.info:
            with Line(self.db.engine) as line:
                session.info[_GATHERED].write(line)
            # The session began nothing, and has nothing to commit: who waits for that is told.
            session.dispatch.after_commit(session)
            self._forget()
        else:
            self._written()
            session.commit()
            self.close()
        self.db.inbox_changed.set()

    def close(self) -> None:
        """Undo what was not committed, and give the connection back."""
        if self._session is not None:
            self._session.close()
            self._forget()

    def _forget(self) -> None:
        self._session = None
        self._kept = False

    def _written(self) -> Connection:
        """The connection, when what was gathered is written."""
        session = self._open()
        if (gathered := gathering(session)) is not None:
            gathered.write()
        return session.connection()

    def _open(self) -> Session:
        if self._session is None:
            session = self._session = self.db.new_session()
            session.info[_BEGAN] = self._began
            if self.db.is_sqlite:
                try:
                    session.connection()
                except BaseException:
                    self.close()
                    raise
            else:
                session.info[_GATHERED] = Gathered(
                    self.db.engine.dialect, session.connection, self.db.outbox_changed.is_announced
                )
        return self._session


class _FirstPart:
    """The part of a whole that has nothing before it to keep."""

    __slots__ = ("_session", "_whole")

    def __init__(self, whole: Whole) -> None:
        self._whole = whole

    def __enter__(self) -> Session:
        self._session = self._whole._open()
        return self._session

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        whole, session = self._whole, self._session
        if kind is not None:
            whole.close()
            return
        try:
            session.flush()
        except BaseException:
            whole.close()
            raise
        # What was read and written in it belongs to nobody any more, as after a commit.
        if session.identity_map:
            session.expunge_all()
        whole._kept = True


under_way: ContextVar[Whole | None] = ContextVar("whole", default=None)
"""The one that is under way."""
