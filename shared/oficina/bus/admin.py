"""What people do about facts that could not or should not be handled: look, try again, skip, park.

The page of operators, the API of each service and `acogida events` do it through here and through
`replay`. Whatever changes something writes in the same transaction who did it and why.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, case, func, literal_column, or_, select, update
from sqlalchemy.orm import Session, aliased, defer

from oficina import audit
from oficina.actor import Actor
from oficina.audit import Auditoria
from oficina.bus.tables import Estado, Inbox, Outbox
from oficina.clock import real_now
from oficina.db import Database
from oficina.events import Clasificacion

TANDA = 1000
OCULTO = "***"
"""Facts that one transaction changes, or a few more."""

# Written out, so that both databases see that the partial indexes of the inbox serve.
_SIN_HACER = Inbox.estado != literal_column("'hecho'")
_PENDIENTE = Inbox.estado == literal_column("'pendiente'")
_HECHO = Inbox.estado == literal_column("'hecho'")
_MUERTO = Inbox.estado == literal_column("'muerto'")
_FALLIDO = or_(_MUERTO, Inbox.intentos > 0)
_OF_SOMEBODY = Inbox.consumidor.is_not(None)
# By its id, the few that are not done would be looked for among all: SQLite walks the table from
# its first row, unless the sign keeps it from knowing that this is the order of the rows.
_backwards = -Inbox.id
# What is to be run once more waits since somebody wanted that, not since it was heard.
_WAITS_SINCE = case((Inbox.intentos == 0, Inbox.visible), else_=Inbox.recibido)


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
class FallidosDeTipo:
    """How many facts of a type failed and are not done."""

    tipo: str
    reintentando: int
    muertos: int


@dataclass(frozen=True, kw_only=True)
class EventoRecibido:
    """A fact in a service's inbox, without its data."""

    fila: int
    """Its place in the inbox, in the order of hearing."""
    evento_id: UUID
    tipo: str
    agregado: str
    secuencia: int
    estado: Estado
    intentos: int
    visible: datetime
    error: str | None
    recibido: datetime
    hecho_en: datetime | None
    detenidos: int
    """Later facts of the same aggregate that wait for this one."""


@dataclass(frozen=True, kw_only=True)
class Intervencion:
    """What somebody did about a fact."""

    cuando: datetime
    quien: str
    accion: str
    motivo: str | None


@dataclass(frozen=True, kw_only=True)
class EventoAbierto:
    """A fact in a service's inbox with its envelope, and the ids in its data unless reserved."""

    evento: EventoRecibido
    sobre: dict[str, Any]
    datos: dict[str, Any] | None
    historia: list[Intervencion]
    """The oldest first; what was done to many facts at once is not told of each."""


@dataclass(frozen=True, kw_only=True)
class Orden:
    """Who has something done, and why."""

    actor: Actor
    motivo: str


def resumen(db: Database) -> Resumen:
    """Counts and ages of what waits. Costs as much as waits, however much is finished."""
    waiting = (_OF_SOMEBODY, _PENDIENTE)
    with db.read() as session:
        return Resumen(
            por_publicar=count(session, Outbox.id, Outbox.publicado.is_(None)),
            edad_por_publicar=_age(session, Outbox.creado, Outbox.id, Outbox.publicado.is_(None)),
            por_hacer=count(session, Inbox.id, *waiting),
            edad_por_hacer=_age(session, _WAITS_SINCE, _backwards.desc(), *waiting),
            reintentando=count(session, Inbox.id, *waiting, Inbox.intentos > 0),
            muertos=count(session, Inbox.id, _OF_SOMEBODY, _SIN_HACER, _MUERTO),
        )


def fallidos_por_tipo(db: Database) -> list[FallidosDeTipo]:
    """How many facts of each type failed and are not done, the most parked first."""
    muertos, reintentando = func.count().filter(_MUERTO), func.count().filter(_PENDIENTE)
    query = (
        select(Inbox.tipo, muertos, reintentando)
        .where(_OF_SOMEBODY, _SIN_HACER, _FALLIDO)
        .group_by(Inbox.tipo)
        .order_by(muertos.desc(), Inbox.tipo)
    )
    with db.read() as session:
        return [
            FallidosDeTipo(tipo=tipo, muertos=dead, reintentando=retried)
            for tipo, dead, retried in session.execute(query)
        ]


def listar(
    db: Database,
    *,
    estado: Estado | None = None,
    tipo: str | None = None,
    fallidos: bool = False,
    antes: int | None = None,
    limite: int = 100,
) -> list[EventoRecibido]:
    """Facts of the inbox, newest first; without `estado` those that are not done.

    `fallidos` are those of them that failed at least once; `antes` is the `fila` after which a
    further page begins.
    """
    chosen = [_HECHO] if estado is Estado.HECHO else [_OF_SOMEBODY, _SIN_HACER]
    if estado and estado is not Estado.HECHO:
        chosen.append(Inbox.estado == estado)
    if tipo:
        chosen.append(Inbox.tipo == tipo)
    if fallidos:
        chosen.append(_FALLIDO)
    if antes is not None:
        chosen.append(Inbox.id < antes)
    newest = Inbox.id.desc() if estado is Estado.HECHO else _backwards
    page = select(Inbox.id).where(*chosen).order_by(newest).limit(limite)
    query = (
        select(Inbox, _followers())
        .where(Inbox.id.in_(page.scalar_subquery()))
        .options(defer(Inbox.cuerpo))
        .order_by(Inbox.id.desc())
    )
    with db.read() as session:
        return [_received(row, detenidos) for row, detenidos in session.execute(query)]


def abrir(db: Database, evento_id: UUID) -> EventoAbierto | None:
    """One fact of the inbox; None when it is not there. Of its data the ids are shown and nothing
    else of what it tells, of a reserved one not even those: whoever operates sees no case data.
    """
    with db.read() as session:
        query = select(Inbox, _followers()).where(*is_evento(session, evento_id))
        found = session.execute(query).first()
        historia = _history(session, evento_id)
    if found is None:
        return None
    row, detenidos = found
    sobre = cloudevent(row.cuerpo)
    datos = sobre.pop("data", None)
    is_open = sobre.get("clasificacion", Clasificacion.INTERNO) == Clasificacion.INTERNO
    return EventoAbierto(
        evento=_received(row, detenidos),
        sobre=sobre,
        datos=_ids_only(datos) if is_open else None,
        historia=historia,
    )


def _ids_only(value: Any) -> Any:
    """What an operator sees of it: the ids; of the rest, that it is there."""
    if isinstance(value, Mapping):
        return {name: _ids_only(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_ids_only(inner) for inner in value]
    return value if value is None or _is_id(value) else OCULTO


def _is_id(value: Any) -> bool:
    try:
        UUID(value)
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def reintentar(
    db: Database, orden: Orden, *, evento_id: UUID | None = None, tipo: str | None = None
) -> int:
    """Try again now what failed or was given up: one fact, all of a type, or all; how many."""
    chosen = [_OF_SOMEBODY, _SIN_HACER, _FALLIDO]
    if evento_id is not None:
        chosen.append(Inbox.evento_id == evento_id)
    if tipo is not None:
        chosen.append(Inbox.tipo == tipo)
    cuantos, last = 0, 0
    while True:
        further = select(Inbox.id).where(*chosen, _backwards < -last)
        page = further.order_by(_backwards.desc()).limit(TANDA)
        with db.begin() as session:
            ids = session.scalars(page).all()
            changed = run_again(session, [_SIN_HACER, Inbox.id.in_(ids)])
            tell(session, orden, "bus.reintentar", evento_id, changed)
        db.inbox_changed.set()
        cuantos += changed
        if len(ids) < TANDA:
            return cuantos
        last = ids[-1]


def saltar(db: Database, orden: Orden, evento_id: UUID) -> int:
    """Give a fact up for good, so that its followers go on; the reason stays beside the fact."""
    with db.begin() as session:
        changed = change(
            session,
            update(Inbox)
            .where(_OF_SOMEBODY, _SIN_HACER, Inbox.evento_id == evento_id)
            .values(estado=Estado.HECHO, hecho_en=real_now(), error=f"saltado: {orden.motivo}"),
        )
        tell(session, orden, "bus.saltar", evento_id, changed)
    db.inbox_changed.set()
    return changed


def detener(db: Database, orden: Orden, evento_id: UUID) -> int:
    """Park a fact that waits, and with it its followers, until somebody tries it or skips it."""
    with db.begin() as session:
        changed = change(
            session,
            update(Inbox)
            .where(_OF_SOMEBODY, _PENDIENTE, Inbox.evento_id == evento_id)
            .values(estado=Estado.MUERTO, error=f"detenido a mano: {orden.motivo}"),
        )
        tell(session, orden, "bus.detener", evento_id, changed)
    return changed


def count(session: Session, column: Any, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(*conditions)) or 0


def _age(session: Session, since: Any, order: Any, *conditions: ColumnElement[bool]) -> float:
    # The first by id, which the partial index finds at once, not the earliest by its moment.
    oldest = session.scalar(select(since).where(*conditions).order_by(order).limit(1))
    return max(0.0, (real_now() - oldest).total_seconds()) if oldest else 0.0


def is_evento(session: Session, evento_id: UUID) -> list[ColumnElement[bool]]:
    """Found by the unique index of the inbox, which begins with the consumer."""
    consumidores = [""]
    while True:
        further = select(func.min(Inbox.consumidor)).where(Inbox.consumidor > consumidores[-1])
        found = session.scalar(further)
        if found is None:
            break
        consumidores.append(found)
    return [Inbox.consumidor.in_(consumidores), Inbox.evento_id == evento_id]


def _history(session: Session, evento_id: UUID) -> list[Intervencion]:
    query = (
        select(Auditoria)
        .where(Auditoria.recurso_id == evento_id, Auditoria.recurso == "evento")
        .order_by(Auditoria.ocurrida_en, Auditoria.id)
    )
    return [
        Intervencion(
            cuando=row.ocurrida_en, quien=row.actor_nombre, accion=row.accion, motivo=row.motivo
        )
        for row in session.scalars(query)
    ]


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
        fila=row.id,
        evento_id=row.evento_id,
        tipo=row.tipo,
        agregado=row.agregado,
        secuencia=row.secuencia,
        estado=row.estado,
        intentos=row.intentos,
        visible=row.visible,
        error=row.error,
        recibido=row.recibido,
        hecho_en=row.hecho_en,
        detenidos=detenidos if row.estado is not Estado.HECHO else 0,
    )


def cloudevent(cuerpo: Any) -> dict[str, Any]:
    """What is kept of a fact, as the CloudEvent that it is."""
    return dict(json.loads(cuerpo)) if isinstance(cuerpo, str | bytes) else dict(cuerpo)


def run_again(session: Session, chosen: list[ColumnElement[bool]]) -> int:
    values = {"estado": Estado.PENDIENTE, "intentos": 0, "visible": real_now(), "hecho_en": None}
    return change(session, update(Inbox).where(*chosen).values(**values))


def change(session: Session, statement: Any) -> int:
    result: CursorResult[Any] = session.connection().execute(statement)
    return result.rowcount


def tell(session: Session, orden: Orden, accion: str, evento_id: UUID | None, cuantos: int) -> None:
    """Write who did it, if anything was done."""
    if cuantos:
        audit.registrar(
            session, orden.actor, accion, "evento", evento_id, motivo=orden.motivo, cantidad=cuantos
        )
