"""Forgetting what is finished and old, so that the tables of the bus do not grow for ever.

Never touched: a fact that has not left, one that is not done, one that is parked, and the numbers
of the aggregates. Both tables are walked from their oldest row and only as far as the limit of age,
in small transactions, so that nobody waits for the broom.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select

from oficina.bus.tables import Estado, Inbox, Outbox
from oficina.clock import real_now
from oficina.db import Database
from oficina.env import Env

BATCH = 1000
EVERY = 3600.0
"""Seconds between two sweeps."""


def podar_bus(env: Env) -> None:
    """The sweep of a service: forget what is older than the settings say."""
    podar(env.db, outbox_dias=env.settings.outbox_dias, inbox_dias=env.settings.inbox_dias)


def podar(
    db: Database,
    *,
    outbox_dias: int,
    inbox_dias: int,
    reloj: Callable[[], datetime] = real_now,
) -> tuple[int, int]:
    """Delete facts told, and facts done, more than so many days ago; how many of each."""
    now = reloj()
    told_until, done_until = now - timedelta(days=outbox_dias), now - timedelta(days=inbox_dias)
    told = _walk(db, Outbox, Outbox.creado, told_until, Outbox.publicado < told_until)
    done = _walk(
        db,
        Inbox,
        Inbox.recibido,
        done_until,
        and_(Inbox.estado == Estado.HECHO, Inbox.hecho_en < done_until),
    )
    return told, done


def _walk(
    db: Database, table: Any, born: Any, until: datetime, finished: ColumnElement[bool]
) -> int:
    """Delete the finished rows among those born before `until`; they are the first by id."""
    deleted, last = 0, 0
    while True:
        page = select(table.id, born).where(table.id > last).order_by(table.id).limit(BATCH)
        with db.begin() as session:
            rows = [row for row in session.execute(page).all() if row[1] < until]
            if not rows:
                return deleted
            last = rows[-1].id
            ids = [row.id for row in rows]
            # Asked again in the statement: somebody may just have had one run once more.
            gone: Any = session.connection().execute(
                delete(table).where(table.id.in_(ids), finished)
            )
            deleted += gone.rowcount
