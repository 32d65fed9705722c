"""What was answered to requests with a key: one table of every service, and how it is asked.

Neither a key nor a body can be read from it, and an answer only by who has the office's keys.
PostgreSQL is asked past SQLAlchemy's own statements, as every request with a key asks.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, String, bindparam, delete, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from oficina.clock import real_now
from oficina.db import OficinaBase
from oficina.env import Env
from oficina.gathering import Line, Piece, ask
from oficina.privacy import EncryptedText
from oficina.web.repeats import GONE
from oficina.whole import gathering

LIFE = timedelta(hours=24)
BATCH = 1000


class KeptAnswer(OficinaBase):
    """What was answered to a request with a key. Neither key nor body can be read from it."""

    __tablename__ = "idempotencia"

    clave: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A keyed hash of who asked, where, and the key."""
    cuerpo: Mapped[str] = mapped_column(String(64))
    """A keyed hash of what was sent."""
    respuesta: Mapped[str] = mapped_column(EncryptedText("oficina.idempotencia.respuesta"))
    vence_en: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Kept:
    """An answer that may be given again: to what, and as it is written."""

    cuerpo: str
    respuesta: str


_SEALED = KeptAnswer.respuesta.type
_FIND = "SELECT cuerpo, respuesta FROM idempotencia WHERE clave = $1 AND vence_en > $2"
# The turn and what was kept, in one round trip. What is found may be a moment older than the turn:
# `_KEEP` does not write over an answer that came in between.
_TURN = """
SELECT kept.cuerpo, kept.respuesta, pg_try_advisory_xact_lock(CAST($3 AS bigint))
FROM (SELECT 1) AS one
LEFT JOIN idempotencia AS kept ON kept.clave = $1 AND kept.vence_en > $2
"""
_FIND_ON_SQLITE = select(KeptAnswer.cuerpo, KeptAnswer.respuesta).where(
    KeptAnswer.clave == bindparam("clave"), KeptAnswer.vence_en > bindparam("ahora")
)
_ON_SQLITE = sqlite.insert(KeptAnswer)
_KEEP_ON_SQLITE = _ON_SQLITE.on_conflict_do_update(
    index_elements=["clave"],
    set_={name: _ON_SQLITE.excluded[name] for name in ("cuerpo", "respuesta", "vence_en")},
)
# In place of an answer that is not given any more. Over another one nothing can be written: its end
# would be none, which the table refuses, and all that was gathered with it is refused with it.
_KEEP = Piece(
    (
        (
            "kept",
            """
            INSERT INTO idempotencia AS kept (clave, cuerpo, respuesta, vence_en)
            VALUES (%({p}clave)s, %({p}cuerpo)s, %({p}respuesta)s, %({p}vence_en)s)
            ON CONFLICT (clave) DO UPDATE SET cuerpo = excluded.cuerpo,
              respuesta = excluded.respuesta,
              vence_en = CASE WHEN kept.vence_en <= %({p}ahora)s THEN excluded.vence_en END
            """,
        ),
    ),
)


def found(connection: Connection | Line, clave: str) -> Kept | None:
    """The answer of a key, while it may be given again."""
    if isinstance(connection, Line):
        kept = ask(connection, _FIND, [clave, real_now()])
        return None if kept is None else _opened(kept[0], kept[1], connection.dialect)
    row = connection.execute(_FIND_ON_SQLITE, {"clave": clave, "ahora": real_now()}).first()
    return None if row is None else Kept(row.cuerpo, row.respuesta)


def take_turn(connection: Connection, clave: str) -> tuple[Kept | None, bool]:
    """The answer of a key, and whether it is this transaction's until it ends.

    On SQLite whoever writes is alone.
    """
    if connection.dialect.name != "postgresql":
        return found(connection, clave), True
    number = int.from_bytes(bytes.fromhex(clave[:16]), signed=True)
    cuerpo, sealed, mine = ask(connection, _TURN, [clave, real_now(), number])
    kept = None if cuerpo is None else _opened(cuerpo, sealed, connection.dialect)
    return kept, mine


def keep(session: Session, clave: str, kept: Kept) -> None:
    """Write an answer beside its effect; over another one the table refuses (`refused`)."""
    ahora = real_now()
    values = {"clave": clave, "cuerpo": kept.cuerpo, "vence_en": ahora + LIFE}
    gathered = gathering(session)
    if gathered is None:
        # SQLite: whoever writes is alone.
        session.connection().execute(_KEEP_ON_SQLITE, {**values, "respuesta": kept.respuesta})
        return
    sealed = _SEALED.process_bind_param(kept.respuesta, gathered.dialect)
    gathered.add(_KEEP, {**values, "respuesta": sealed, "ahora": ahora})


def _opened(cuerpo: str, sealed: str, dialect: Dialect) -> Kept:
    """What the driver gave, past SQLAlchemy's types."""
    return Kept(cuerpo, _SEALED.process_result_value(sealed, dialect))


def refused(error: IntegrityError) -> bool:
    """Whether the table refused a second answer, and nothing else went wrong."""
    told = getattr(error.orig, "diag", None)
    return told is not None and (told.table_name, told.column_name) == (
        KeptAnswer.__tablename__,
        KeptAnswer.vence_en.key,
    )


def olvidar_respuestas(session: Session, ids: Collection[UUID]) -> int:
    """Of somebody who is erased, the answers that name any of these ids; how many there were.

    The same request does nothing again: it is told that its answer is gone. They are sealed, so
    each is opened, some at a time, and only what names one of them is locked; what is past its time
    goes unread.
    """
    seek = [str(one) for one in ids]
    session.execute(delete(KeptAnswer).where(KeptAnswer.vence_en <= real_now()))
    forgotten, last = 0, ""
    while True:
        page = session.execute(
            select(KeptAnswer.clave, KeptAnswer.respuesta)
            .where(KeptAnswer.clave > last)
            .order_by(KeptAnswer.clave)
            .limit(BATCH)
        ).all()
        theirs = [clave for clave, said in page if any(one in said for one in seek)]
        if theirs:
            session.execute(
                update(KeptAnswer)
                .where(KeptAnswer.clave.in_(theirs))
                .values(respuesta=GONE)
                .execution_options(synchronize_session="fetch")
            )
            forgotten += len(theirs)
        if len(page) < BATCH:
            return forgotten
        last = page[-1].clave


def podar_respuestas(env: Env) -> None:
    """The sweep of a service: forget the answers that are not given again."""
    old = select(KeptAnswer.clave).where(KeptAnswer.vence_en <= real_now()).limit(BATCH)
    while True:
        with env.db.begin() as session:
            gone: Any = session.execute(delete(KeptAnswer).where(KeptAnswer.clave.in_(old)))
        if gone.rowcount < BATCH:
            return
