"""What people do about facts that could not be handled: look, try again, skip, tell again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from oficina.bus.tables import Estado, Inbox, Outbox
from oficina.clock import real_now
from oficina.db import Database


@dataclass(frozen=True, kw_only=True)
class Resumen:
    """How a service's bus is doing. Ages are seconds of the oldest thing that waits."""

    por_publicar: int
    edad_por_publicar: float
    por_hacer: int
    edad_por_hacer: float
    muertos: int


@dataclass(frozen=True, kw_only=True)
class EventoRecibido:
    """A fact in a service's inbox, without its data."""

    evento_id: UUID
    tipo: str
    agregado: str
    secuencia: int
    estado: Estado
    intentos: int
    visible: datetime
    error: str | None
    recibido: datetime
    detenidos: int
    """Later facts of the same aggregate that wait for this one."""


def resumen(db: Database) -> Resumen:
    """Counts and ages of what waits."""
    with db.read() as session:
        sin_publicar, desde_publicar = _waiting(session, Outbox.creado, Outbox.publicado.is_(None))
        pendientes, desde = _waiting(session, Inbox.recibido, Inbox.estado == Estado.PENDIENTE)
        muertos, _ = _waiting(session, Inbox.recibido, Inbox.estado == Estado.MUERTO)
    return Resumen(
        por_publicar=sin_publicar,
        edad_por_publicar=_age(desde_publicar),
        por_hacer=pendientes,
        edad_por_hacer=_age(desde),
        muertos=muertos,
    )


def listar(
    db: Database, *, estado: Estado | None = None, tipo: str | None = None, limite: int = 100
) -> list[EventoRecibido]:
    """Facts of the inbox, newest first; without `estado` those that are not done."""
    wanted = Inbox.estado == estado if estado else Inbox.estado != Estado.HECHO
    query = select(Inbox).where(wanted).order_by(Inbox.id.desc()).limit(limite)
    if tipo:
        query = query.where(Inbox.tipo == tipo)
    with db.read() as session:
        return [_received(session, row) for row in session.scalars(query)]


def reintentar(db: Database, *, evento_id: UUID | None = None, tipo: str | None = None) -> int:
    """Try again now what failed or was given up: one fact, all of a type, or all; how many."""
    chosen = [Inbox.estado != Estado.HECHO, *_chosen(evento_id, tipo)]
    return _change(
        db, update(Inbox).where(*chosen), estado=Estado.PENDIENTE, intentos=0, visible=real_now()
    )


def saltar(db: Database, evento_id: UUID, *, nota: str) -> int:
    """Give a fact up for good, so that its followers go on. `nota` says who and why."""
    chosen = (Inbox.evento_id == evento_id, Inbox.estado != Estado.HECHO)
    return _change(
        db,
        update(Inbox).where(*chosen),
        estado=Estado.HECHO,
        hecho_en=real_now(),
        error=f"saltado: {nota}",
    )


def replay(
    db: Database,
    *,
    evento_id: UUID | None = None,
    tipo: str | None = None,
    desde: datetime | None = None,
) -> int:
    """Run the handlers of facts that are done once more, in order; how many will run.

    What they did the first time stays: only for handlers that were wrong or that may run twice.
    """
    chosen = [Inbox.estado == Estado.HECHO, *_chosen(evento_id, tipo)]
    if desde is not None:
        chosen.append(Inbox.recibido >= desde)
    changed = _change(
        db, update(Inbox).where(*chosen), estado=Estado.PENDIENTE, intentos=0, visible=real_now()
    )
    db.inbox_changed.set()
    return changed


def reenviar(db: Database, *, desde: datetime, tipo: str | None = None) -> int:
    """Tell the facts of this service since a moment again; how many will leave.

    Subscribers that have them already notice nothing; one that lost or never had them gets them.
    """
    chosen = [Outbox.publicado.is_not(None), Outbox.creado >= desde]
    if tipo:
        chosen.append(Outbox.tipo == tipo)
    changed = _change(db, update(Outbox).where(*chosen), publicado=None)
    db.outbox_changed.set()
    return changed


def _waiting(
    session: Session, since: Any, condition: ColumnElement[bool]
) -> tuple[int, datetime | None]:
    count, oldest = session.execute(select(func.count(), func.min(since)).where(condition)).one()
    return count, oldest


def _age(oldest: datetime | None) -> float:
    return max(0.0, (real_now() - oldest).total_seconds()) if oldest else 0.0


def _received(session: Session, row: Inbox) -> EventoRecibido:
    followers = select(func.count()).where(
        Inbox.consumidor == row.consumidor,
        Inbox.agregado == row.agregado,
        Inbox.estado != Estado.HECHO,
        Inbox.secuencia > row.secuencia,
    )
    return EventoRecibido(
        evento_id=row.evento_id,
        tipo=row.tipo,
        agregado=row.agregado,
        secuencia=row.secuencia,
        estado=row.estado,
        intentos=row.intentos,
        visible=row.visible,
        error=row.error,
        recibido=row.recibido,
        detenidos=session.scalar(followers) or 0,
    )


def _chosen(evento_id: UUID | None, tipo: str | None) -> Sequence[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if evento_id is not None:
        chosen.append(Inbox.evento_id == evento_id)
    if tipo is not None:
        chosen.append(Inbox.tipo == tipo)
    return chosen


def _change(db: Database, statement: Any, **values: Any) -> int:
    with db.begin() as session:
        result: CursorResult[Any] = session.connection().execute(statement.values(**values))
        return result.rowcount
