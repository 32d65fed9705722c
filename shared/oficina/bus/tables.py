"""The tables of the bus, in every service's database.

`Outbox` is append-only: what was told, and whether it left. `Inbox` is what was heard, one row a
consumer and a fact, and is itself the queue of what is still to be done: its row and the effects of
its handlers are one transaction. Guarantees: `bus/__init__.py`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Index,
    Integer,
    Select,
    String,
    Text,
    UniqueConstraint,
    cast,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from oficina.clock import real_now
from oficina.db import OficinaBase, text_enum

_SERIAL = BigInteger().with_variant(Integer, "sqlite")


class Estado(StrEnum):
    """What became of something that is retried until it is done."""

    PENDIENTE = "pendiente"
    HECHO = "hecho"
    MUERTO = "muerto"


class Retryable:
    """Mixin of a row that is work: tried again later and later, until done or given up."""

    estado: Mapped[Estado] = mapped_column(text_enum(Estado, 12), default=Estado.PENDIENTE)
    intentos: Mapped[int] = mapped_column(default=0)
    visible: Mapped[datetime] = mapped_column(default=real_now)
    """Not before this moment of real time."""
    error: Mapped[str | None] = mapped_column(Text)
    """Why the last try failed, or who skipped it and why; never personal data."""
    hecho_en: Mapped[datetime | None] = mapped_column()


class AggregateCounter(OficinaBase):
    """The last number drawn for each aggregate that this service tells about."""

    __tablename__ = "outbox_contadores"

    agregado: Mapped[str] = mapped_column(String(120), primary_key=True)
    ultimo: Mapped[int] = mapped_column(BigInteger)


class Outbox(OficinaBase):
    """A fact that this service tells; written in the transaction of what it tells."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("agregado", "secuencia"),
        # Beside the next one it would be taken for a search by aggregate too, if its condition
        # followed from that one's: PostgreSQL takes either while it believes that nothing waits.
        Index(
            "ix_outbox_pendiente",
            "id",
            sqlite_where=text("publicado IS NULL AND id > 0"),
            postgresql_where=text("publicado IS NULL AND id > 0"),
        ),
        Index(
            "ix_outbox_turno",
            "agregado",
            "secuencia",
            sqlite_where=text("publicado IS NULL"),
            postgresql_where=text("publicado IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(_SERIAL, primary_key=True)
    evento_id: Mapped[UUID] = mapped_column(unique=True)
    tipo: Mapped[str] = mapped_column(String(120))
    """The routing key, `<servicio>.<agregado>.<hecho>`."""
    agregado: Mapped[str] = mapped_column(String(120))
    """The CloudEvents `subject`, `<agregado>/<uuid>`."""
    secuencia: Mapped[int] = mapped_column(BigInteger)
    clasificacion: Mapped[str] = mapped_column(String(12))
    cuerpo: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The whole CloudEvent."""
    creado: Mapped[datetime] = mapped_column(default=real_now, index=True)
    publicado: Mapped[datetime | None] = mapped_column()


class Inbox(Retryable, OficinaBase):
    """A fact that a consumer of this service heard, and whether its handlers ran."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("consumidor", "evento_id"),
        Index(
            "ix_inbox_orden",
            "consumidor",
            "agregado",
            "secuencia",
            sqlite_where=text("estado <> 'hecho'"),
            postgresql_where=text("estado <> 'hecho'"),
        ),
        Index(
            "ix_inbox_turno",
            "consumidor",
            "id",
            sqlite_where=text("estado = 'pendiente'"),
            postgresql_where=text("estado = 'pendiente'"),
        ),
    )

    id: Mapped[int] = mapped_column(_SERIAL, primary_key=True)
    consumidor: Mapped[str] = mapped_column(String(40))
    evento_id: Mapped[UUID] = mapped_column()
    tipo: Mapped[str] = mapped_column(String(120))
    agregado: Mapped[str] = mapped_column(String(120))
    secuencia: Mapped[int] = mapped_column(BigInteger)
    cuerpo: Mapped[dict[str, Any]] = mapped_column(JSON)
    recibido: Mapped[datetime] = mapped_column(default=real_now)


OUTBOX_TEXT = cast(Outbox.cuerpo, Text).label("cuerpo")
"""The CloudEvent as it stands there, for whoever only passes it on."""
INBOX_TEXT = cast(Inbox.cuerpo, Text).label("cuerpo")


def alone(earlier: Select[int]) -> Select[int]:
    """A search that PostgreSQL does row by row, for as long as rows are asked for.

    Planned as a join it hangs on how many rows seem to wait. After a quiet time that is none, and
    each row was compared with all that wait; after a rush it is many, and the ones that wait were
    looked for among all that are finished.
    """
    # Written out: an OFFSET, of whatever size, is what keeps it from becoming a join.
    return earlier.limit(literal_column("1")).offset(literal_column("0"))


def walk_the_index(*, is_local: bool) -> str:
    """SQL that has PostgreSQL read what waits in the order of its index, and stop at the limit.

    While it believes that little waits, it would read and sort all of it for each batch: the longer
    a backlog, the slower. `is_local` ends with the transaction.
    """
    local = "true" if is_local else "false"
    # The last one: a plan without a detour that it would like costs so much on paper that it would
    # be compiled first, for longer than it takes to run.
    off = ("enable_bitmapscan", "enable_seqscan", "enable_sort", "jit")
    return "SELECT " + ", ".join(f"set_config('{one}', 'off', {local})" for one in off)
