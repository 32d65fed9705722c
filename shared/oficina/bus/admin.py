"""What people do about facts that could not be handled: look, try again, skip, run or tell again.

The page of operators, the API of each service and `acogida events` do it through here. Whatever
changes something writes in the same transaction who did it and why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, func, literal_column, select, update
from sqlalchemy.orm import Session, aliased

from oficina import audit
from oficina.actor import Actor
from oficina.bus.inbox import Handlers, Mensaje, recibir
from oficina.bus.tables import Estado, Inbox, Outbox
from oficina.clock import real_now
from oficina.db import Database
from oficina.events import Clasificacion

PAGINA = 500
"""Facts that a producer hands over at once when it tells them again."""

# Written out, so that both databases see that the partial indexes of the inbox serve.
_SIN_HACER = Inbox.estado != literal_column("'hecho'")
_PENDIENTE = Inbox.estado == literal_column("'pendiente'")
_HECHO = Inbox.estado == literal_column("'hecho'")
_MUERTO = Inbox.estado == literal_column("'muerto'")


@dataclass(frozen=True, kw_only=True)
class Resumen:
    """How a service's bus is doing. Ages are seconds of the oldest thing that waits."""

    por_publicar: int
    edad_por_publicar: float
    por_hacer: int
    edad_por_hacer: float
    reintentando: int
    """Of those to be done, the ones that failed at least once."""
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


@dataclass(frozen=True, kw_only=True)
class EventoAbierto:
    """A fact in a service's inbox with its envelope, and its data unless it is a reserved one."""

    evento: EventoRecibido
    sobre: dict[str, Any]
    datos: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Tramo:
    """Which facts: one, those of a type, those of a span of time; what is None does not narrow.

    `desde` counts, `hasta` does not.
    """

    evento_id: UUID | None = None
    tipo: str | None = None
    desde: datetime | None = None
    hasta: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Orden:
    """Who has something done, and why."""

    actor: Actor
    motivo: str


@dataclass(frozen=True, kw_only=True)
class Pagina:
    """Facts that a service told, as CloudEvents in the order of telling."""

    eventos: list[dict[str, Any]]
    siguiente: int | None
    """Where the next page begins; None after the last."""


def resumen(db: Database) -> Resumen:
    """Counts and ages of what waits. Costs as much as waits, however much is finished."""
    waiting = (Inbox.consumidor.is_not(None), _PENDIENTE)
    with db.read() as session:
        return Resumen(
            por_publicar=_count(session, Outbox.id, Outbox.publicado.is_(None)),
            edad_por_publicar=_age(session, Outbox.id, Outbox.creado, Outbox.publicado.is_(None)),
            por_hacer=_count(session, Inbox.id, *waiting),
            edad_por_hacer=_age(session, Inbox.id, Inbox.recibido, *waiting),
            reintentando=_count(session, Inbox.id, *waiting, Inbox.intentos > 0),
            muertos=_count(session, Inbox.id, _SIN_HACER, _MUERTO),
        )


def listar(
    db: Database, *, estado: Estado | None = None, tipo: str | None = None, limite: int = 100
) -> list[EventoRecibido]:
    """Facts of the inbox, newest first; without `estado` those that are not done."""
    chosen = [Inbox.estado == estado] if estado is Estado.HECHO else [_SIN_HACER]
    if estado and estado is not Estado.HECHO:
        chosen.append(Inbox.estado == estado)
    if tipo:
        chosen.append(Inbox.tipo == tipo)
    query = select(Inbox, _followers()).where(*chosen).order_by(Inbox.id.desc()).limit(limite)
    with db.read() as session:
        return [_received(row, detenidos) for row, detenidos in session.execute(query)]


def abrir(db: Database, evento_id: UUID) -> EventoAbierto | None:
    """One fact of the inbox, whole; None when it is not there. Reserved data stays closed."""
    query = select(Inbox, _followers()).where(Inbox.evento_id == evento_id)
    with db.read() as session:
        found = session.execute(query).first()
    if found is None:
        return None
    row, detenidos = found
    sobre = dict(row.cuerpo)
    datos = sobre.pop("data", None)
    is_open = sobre.get("clasificacion", Clasificacion.INTERNO) == Clasificacion.INTERNO
    return EventoAbierto(
        evento=_received(row, detenidos), sobre=sobre, datos=datos if is_open else None
    )


def reintentar(
    db: Database, orden: Orden, *, evento_id: UUID | None = None, tipo: str | None = None
) -> int:
    """Try again now what failed or was given up: one fact, all of a type, or all; how many."""
    tramo = Tramo(evento_id=evento_id, tipo=tipo)
    with db.begin() as session:
        changed = _again(session, [_SIN_HACER, *_inside(tramo)])
        _tell(session, orden, "bus.reintentar", evento_id, changed)
    db.inbox_changed.set()
    return changed


def saltar(db: Database, orden: Orden, evento_id: UUID) -> int:
    """Give a fact up for good, so that its followers go on; the reason stays beside the fact."""
    with db.begin() as session:
        changed = _change(
            session,
            update(Inbox)
            .where(Inbox.evento_id == evento_id, _SIN_HACER)
            .values(estado=Estado.HECHO, hecho_en=real_now(), error=f"saltado: {orden.motivo}"),
        )
        _tell(session, orden, "bus.saltar", evento_id, changed)
    db.inbox_changed.set()
    return changed


def replay(db: Database, orden: Orden, tramo: Tramo) -> int:
    """Run the handlers of facts that are done once more, in order; how many will run.

    What they did the first time stays: only for handlers that were wrong or that may run twice.
    `tramo` counts the moments at which this service heard them.
    """
    with db.begin() as session:
        changed = _again(session, [_HECHO, *_inside(tramo)])
        _tell(session, orden, "bus.replay", tramo.evento_id, changed)
    db.inbox_changed.set()
    return changed


def enviados(db: Database, tramo: Tramo, *, despues: int = 0, limite: int = PAGINA) -> Pagina:
    """A page of what this service told; `tramo` counts the moments of telling."""
    query = (
        select(Outbox.id, Outbox.cuerpo)
        .where(Outbox.publicado.is_not(None), Outbox.id > despues, *_told_inside(tramo))
        .order_by(Outbox.id)
        .limit(limite)
    )
    with db.read() as session:
        rows = session.execute(query).all()
    is_whole = len(rows) == limite
    return Pagina(eventos=[row.cuerpo for row in rows], siguiente=rows[-1].id if is_whole else None)


def recibir_otra_vez(
    db: Database, handlers: Handlers, eventos: Iterable[Mapping[str, Any]], orden: Orden
) -> int:
    """Hear facts again as if for the first time, this one service alone; how many it wants.

    One that it never heard or forgot is written, one that is done runs once more, one that waits or
    is parked stays as it is. The facts of an aggregate run in the order of their numbers.
    """
    mensajes = [Mensaje.of(dict(cuerpo)) for cuerpo in eventos]
    wanted = [mensaje for mensaje in mensajes if handlers.wants(mensaje)]
    ids = [mensaje.evento_id for mensaje in wanted]
    with db.begin() as session:
        _again(session, [_HECHO, Inbox.evento_id.in_(ids)])
        recibir(session.connection(), handlers.consumidor, wanted)
        _tell(session, orden, "bus.reenviar", None, len(wanted))
    db.inbox_changed.set()
    return len(wanted)


def reenviar(db: Database, orden: Orden, tramo: Tramo) -> int:
    """Tell the facts of this service again to everybody; how many will leave.

    Subscribers that have them notice nothing; one that lost or never had them gets them. One that
    forgot them because they were old (`retention`) would run its handlers again.
    """
    with db.begin() as session:
        again = update(Outbox).where(Outbox.publicado.is_not(None), *_told_inside(tramo))
        changed = _change(session, again.values(publicado=None))
        _tell(session, orden, "bus.reenviar_a_todos", tramo.evento_id, changed)
    db.outbox_changed.set()
    return changed


def _count(session: Session, column: Any, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(*conditions)) or 0


def _age(session: Session, row_id: Any, since: Any, *conditions: ColumnElement[bool]) -> float:
    # The first by id, which the partial index finds at once, not the earliest by its moment.
    oldest = session.scalar(select(since).where(*conditions).order_by(row_id).limit(1))
    return max(0.0, (real_now() - oldest).total_seconds()) if oldest else 0.0


def _followers() -> Any:
    later = aliased(Inbox)
    return (
        select(func.count(later.id))
        .where(
            later.consumidor == Inbox.consumidor,
            later.agregado == Inbox.agregado,
            later.estado != literal_column("'hecho'"),
            later.secuencia > Inbox.secuencia,
        )
        .scalar_subquery()
    )


def _received(row: Inbox, detenidos: int) -> EventoRecibido:
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
        detenidos=detenidos if row.estado is not Estado.HECHO else 0,
    )


def _inside(tramo: Tramo) -> list[ColumnElement[bool]]:
    return _narrow(tramo, Inbox, Inbox.recibido)


def _told_inside(tramo: Tramo) -> list[ColumnElement[bool]]:
    return _narrow(tramo, Outbox, Outbox.creado)


def _narrow(tramo: Tramo, table: Any, moment: Any) -> list[ColumnElement[bool]]:
    chosen = {
        tramo.evento_id: table.evento_id == tramo.evento_id,
        tramo.tipo: table.tipo == tramo.tipo,
    }
    narrowed = [condition for value, condition in chosen.items() if value is not None]
    if tramo.desde is not None:
        narrowed.append(moment >= tramo.desde)
    if tramo.hasta is not None:
        narrowed.append(moment < tramo.hasta)
    return narrowed


def _again(session: Session, chosen: list[ColumnElement[bool]]) -> int:
    values = {"estado": Estado.PENDIENTE, "intentos": 0, "visible": real_now(), "hecho_en": None}
    return _change(session, update(Inbox).where(*chosen).values(**values))


def _change(session: Session, statement: Any) -> int:
    result: CursorResult[Any] = session.connection().execute(statement)
    return result.rowcount


def _tell(
    session: Session, orden: Orden, accion: str, evento_id: UUID | None, cuantos: int
) -> None:
    audit.registrar(
        session, orden.actor, accion, "evento", evento_id, motivo=orden.motivo, cantidad=cuantos
    )
