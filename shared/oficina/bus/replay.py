"""Running facts once more, and telling them again: to this service alone, or to everybody.

Each aggregate keeps its order. All the chosen facts of an aggregate become pending in one
transaction, during which nobody else hears or handles: whoever works afterwards finds each of them
unfinished and takes the lowest number first; its later facts that wait or are parked go on waiting,
behind. A large span is run in transactions of about TANDA facts, in the order of the aggregates'
names. Killed between two of them, an aggregate runs again whole or not at all. To go on, start
again: with the last `despues`, what was chosen before is not looked at; with the same `iniciado`,
what was done since that moment is not run again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from oficina.bus.admin import TANDA, Orden, change, cloudevent, count, is_evento, run_again, tell
from oficina.bus.inbox import Handlers, Mensaje, recibir
from oficina.bus.tables import Inbox, Outbox
from oficina.db import Database
from oficina.errors import DomainError
from oficina.texts import N_

PAGINA = 500
"""Facts that a producer hands over at once, or a few more."""
PACIENCIA_MS = 5000
"""How long a change waits to be alone with the inbox."""
POR_SENTENCIA = 5000
"""Values that one statement carries; SQLite takes 32,766."""

_HECHO = Inbox.estado == literal_column("'hecho'")


class BuzonOcupado(DomainError):
    """The handlers that run take too long to wait for them."""

    status = 503
    title = N_("El servicio está ocupado; intente de nuevo en un momento")


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
class Pagina:
    """Facts that a service told, as CloudEvents, in the order of aggregates and their numbers."""

    eventos: list[dict[str, Any]]
    siguiente: str | None
    """After which aggregate the next page begins; None after the last."""


@dataclass(frozen=True, kw_only=True)
class Vuelta:
    """How many facts will run again, and where to go on; None when that was all."""

    cuantos: int
    siguiente: str | None


@dataclass(frozen=True, kw_only=True)
class Alcance:
    """How far one call runs facts again, and what it leaves out because it ran before."""

    iniciado: datetime | None = None
    """Facts done at this moment or later are left as they are."""
    despues: str = ""
    """The aggregate after which to go on."""
    limite: int | None = None
    """Stop after so many facts; an aggregate stays whole."""


SIN_LIMITES = Alcance()

Fuente = Callable[[str], Pagina]
"""Asks a producer for its page after an aggregate."""


def replay(db: Database, orden: Orden, tramo: Tramo, alcance: Alcance = SIN_LIMITES) -> Vuelta:
    """Run the handlers of facts that are done once more, each aggregate in its order.

    What they did the first time stays: only for handlers that were wrong or that may run twice.
    `tramo` counts the moments at which this service heard them.
    """
    cuantos = 0
    with db.read() as session:
        chosen = [_HECHO, *_run_before(alcance), *_inside(tramo)]
        if tramo.evento_id is not None:
            chosen += is_evento(session, tramo.evento_id)
        query = (
            select(Inbox.agregado, Inbox.id)
            .where(*chosen, Inbox.agregado > alcance.despues)
            .order_by(Inbox.agregado)
            .execution_options(yield_per=TANDA)
        )
        with session.execute(query) as rows:
            for agregado, ids in _whole_aggregates(rows):
                cuantos += _again_whole(db, orden, tramo, alcance, ids)
                if alcance.limite is not None and cuantos >= alcance.limite:
                    return Vuelta(cuantos=cuantos, siguiente=agregado)
    return Vuelta(cuantos=cuantos, siguiente=None)


def traer(
    fuente: Fuente, db: Database, handlers: Handlers, orden: Orden, alcance: Alcance = SIN_LIMITES
) -> Vuelta:
    """Have this one service hear again what a producer told, page by page (`recibir_otra_vez`)."""
    cuantos, leidos, despues = 0, 0, alcance.despues
    while True:
        page = fuente(despues)
        cuantos += recibir_otra_vez(db, handlers, page.eventos, orden, alcance)
        leidos += len(page.eventos)
        is_enough = alcance.limite is not None and leidos >= alcance.limite
        if page.siguiente is None or is_enough:
            return Vuelta(cuantos=cuantos, siguiente=page.siguiente)
        despues = page.siguiente


def enviados(db: Database, tramo: Tramo, despues: str = "", *, limite: int = PAGINA) -> Pagina:
    """A page of what this service told; `tramo` counts the moments of telling.

    It ends with the last fact of an aggregate, so that a subscriber takes an aggregate at once.
    """
    told = (
        select(Outbox.agregado, Outbox.secuencia, Outbox.cuerpo)
        .where(Outbox.publicado.is_not(None), *_told_inside(tramo))
        .order_by(Outbox.agregado, Outbox.secuencia)
    )
    siguiente = None
    with db.read() as session:
        rows = list(session.execute(told.where(Outbox.agregado > despues).limit(limite)))
        if len(rows) == limite:
            siguiente = rows[-1].agregado
            of_the_last = Outbox.agregado == siguiente, Outbox.secuencia > rows[-1].secuencia
            rows += session.execute(told.where(*of_the_last))
    return Pagina(eventos=[cloudevent(row.cuerpo) for row in rows], siguiente=siguiente)


def contar_enviados(db: Database, tramo: Tramo) -> dict[str, int]:
    """How many facts of each type are on the pages of `enviados`."""
    query = (
        select(Outbox.tipo, func.count(Outbox.id).label("cuantos"))
        .where(Outbox.publicado.is_not(None), *_told_inside(tramo))
        .group_by(Outbox.tipo)
        .order_by(Outbox.tipo)
    )
    with db.read() as session:
        return {row.tipo: row.cuantos for row in session.execute(query)}


def recibir_otra_vez(
    db: Database,
    handlers: Handlers,
    eventos: Iterable[Mapping[str, Any]],
    orden: Orden,
    alcance: Alcance = SIN_LIMITES,
) -> int:
    """Hear facts again as if for the first time, this one service alone; how many will run.

    One that it never heard or forgot is written, one that is done runs once more, one that waits or
    is parked stays as it is. The facts of an aggregate run in the order of their numbers.
    """
    mensajes = [Mensaje.of(dict(cuerpo)) for cuerpo in eventos]
    wanted = [mensaje for mensaje in mensajes if handlers.wants(mensaje)]
    cuantos = 0
    with _alone(db) as session:
        for some in _pieces(wanted):
            ids = [mensaje.evento_id for mensaje in some]
            mine = Inbox.consumidor == handlers.consumidor, Inbox.evento_id.in_(ids)
            known = count(session, Inbox.id, *mine)
            changed = run_again(session, [_HECHO, *_run_before(alcance), *mine])
            recibir(session.connection(), handlers.consumidor, some)
            cuantos += changed + len(some) - known
        tell(session, orden, "bus.reenviar", None, cuantos)
    db.inbox_changed.set()
    return cuantos


def reenviar(db: Database, orden: Orden, tramo: Tramo) -> int:
    """Tell the facts of this service again to everybody; how many will leave.

    Subscribers that have them notice nothing; one that lost or never had them gets them. One that
    forgot them because they were old (`retention`) would run its handlers again.
    """
    with db.begin() as session:
        again = update(Outbox).where(Outbox.publicado.is_not(None), *_told_inside(tramo))
        changed = change(session, again.values(publicado=None))
        tell(session, orden, "bus.reenviar_a_todos", tramo.evento_id, changed)
    db.outbox_changed.set()
    return changed


def _again_whole(
    db: Database, orden: Orden, tramo: Tramo, alcance: Alcance, ids: Sequence[int]
) -> int:
    still_done = [_HECHO, *_run_before(alcance)]
    with _alone(db) as session:
        changed = sum(
            run_again(session, [*still_done, Inbox.id.in_(some)]) for some in _pieces(ids)
        )
        tell(session, orden, "bus.replay", tramo.evento_id, changed)
    db.inbox_changed.set()
    return changed


@contextmanager
def _alone(db: Database) -> Iterator[Session]:
    """A transaction during which nobody else hears, handles or changes anything of the inbox.

    On SQLite a writer is alone. On PostgreSQL the lock waits for the handlers that run, and whoever
    comes later waits for it and then sees what it changed; readers go on. Raises BuzonOcupado.
    """
    try:
        with db.begin() as session:
            if not db.is_sqlite:
                session.execute(text(f"SET LOCAL lock_timeout = {PACIENCIA_MS}"))
                session.execute(text("LOCK TABLE inbox IN EXCLUSIVE MODE"))
            yield session
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") == "55P03":  # lock_not_available
            raise BuzonOcupado from error
        raise


def _whole_aggregates(rows: Iterable[Any]) -> Iterator[tuple[str, list[int]]]:
    """Ids of about TANDA rows, ordered by aggregate, with the last aggregate among them."""
    agregado, ids = "", list[int]()
    for agregado, group in groupby(rows, key=lambda row: row.agregado):
        ids += [row.id for row in group]
        if len(ids) >= TANDA:
            yield agregado, ids
            ids = []
    if ids:
        yield agregado, ids


def _pieces(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), POR_SENTENCIA):
        yield items[start : start + POR_SENTENCIA]


def _run_before(alcance: Alcance) -> list[ColumnElement[bool]]:
    return [] if alcance.iniciado is None else [Inbox.hecho_en < alcance.iniciado]


def _inside(tramo: Tramo) -> list[ColumnElement[bool]]:
    return _narrow(tramo, Inbox, Inbox.recibido)


def _told_inside(tramo: Tramo) -> list[ColumnElement[bool]]:
    return _narrow(tramo, Outbox, Outbox.creado)


def _narrow(tramo: Tramo, table: Any, moment: Any) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    if tramo.evento_id is not None:
        narrowed.append(table.evento_id == tramo.evento_id)
    if tramo.tipo is not None:
        narrowed.append(table.tipo == tramo.tipo)
    if tramo.desde is not None:
        narrowed.append(moment >= tramo.desde)
    if tramo.hasta is not None:
        narrowed.append(moment < tramo.hasta)
    return narrowed
