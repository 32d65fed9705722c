"""What can be asked of subscriptions: a unit sees its own, whoever administers or oversees all."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.orm import Session, defer

from notificaciones.suscripciones.colas.models import Cola
from notificaciones.suscripciones.models import Entrega, IntentoDeEntrega, Suscripcion
from notificaciones.suscripciones.states import Estado, Via
from oficina.actor import Actor
from oficina.bus.tables import Estado as EstadoDeEntrega
from oficina.errors import NoEncontrado

POR_PAGINA = 50

_VEN_TODO = frozenset({"administrador", "delegado_datos"})
_ADMINISTRAN_TODO = frozenset({"administrador"})


@dataclass(frozen=True)
class Pagina:
    """Deliveries, the newest first; `siguiente` is where the older ones begin."""

    entregas: Sequence[Entrega]
    siguiente: UUID | None


@dataclass(frozen=True)
class Ritmo:
    """How attempts went: how many, how many failed, and in how many milliseconds half and 95 of
    100 of those that arrived had arrived.
    """

    intentos: int
    fallidos: int
    p50: int | None
    p95: int | None


def suscripciones(session: Session, actor: Actor) -> Sequence[Suscripcion]:
    """Those that the reader may see: the ones that are not closed first, then by unit and name."""
    return session.scalars(
        select(Suscripcion)
        .where(_visible_to(actor, _VEN_TODO))
        .order_by(Suscripcion.estado == Estado.CERRADA, Suscripcion.unidad, Suscripcion.nombre)
    ).all()


def suscripcion(session: Session, suscripcion_id: UUID, actor: Actor) -> Suscripcion:
    """One to read. Raises NoEncontrado, also for another unit's."""
    return _one(session, suscripcion_id, _visible_to(actor, _VEN_TODO))


def por_cambiar(session: Session, suscripcion_id: UUID, actor: Actor) -> Suscripcion:
    """One to change, locked. Raises NoEncontrado."""
    mine = _visible_to(actor, _ADMINISTRAN_TODO)
    found = session.scalar(
        select(Suscripcion)
        .where(Suscripcion.id == suscripcion_id, mine)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NoEncontrado
    return found


def puede_administrar(actor: Actor, unidad: str) -> bool:
    """Whether the subscriptions of a unit are this person's to change."""
    return bool(_ADMINISTRAN_TODO & actor.roles) or bool(unidad and actor.unidad == unidad)


def por_huella(session: Session, huella: str) -> Suscripcion:
    """The feed whose address carries a secret. Raises NoEncontrado."""
    return _one_feed(session, Suscripcion.huella == huella)


def feed_de_unidad(session: Session, suscripcion_id: UUID, actor: Actor) -> Suscripcion:
    """The feed that a unit's program reads. Raises NoEncontrado."""
    return _one_feed(session, Suscripcion.id == suscripcion_id, _visible_to(actor, frozenset()))


def entregas(session: Session, suscripcion_id: UUID, antes: UUID | None = None) -> Pagina:
    """A page of what was to be delivered, without what it says."""
    return _page(session, suscripcion_id, antes, None)


def publicadas(session: Session, suscripcion_id: UUID, antes: UUID | None = None) -> Pagina:
    """A page of a feed, with what it says."""
    return _page(session, suscripcion_id, antes, EstadoDeEntrega.HECHO)


def entrega(session: Session, suscripcion_id: UUID, entrega_id: UUID) -> Entrega:
    """One delivery of a subscription. Raises NoEncontrado."""
    found = session.scalar(
        select(Entrega)
        .where(Entrega.id == entrega_id, Entrega.suscripcion_id == suscripcion_id)
        .options(defer(Entrega.cuerpo))
    )
    if found is None:
        raise NoEncontrado
    return found


def intentos(session: Session, entrega_id: UUID) -> Sequence[IntentoDeEntrega]:
    """Each time that it was tried, the first one first."""
    return session.scalars(
        select(IntentoDeEntrega)
        .where(IntentoDeEntrega.entrega_id == entrega_id)
        .order_by(IntentoDeEntrega.id)
    ).all()


def cola(session: Session, suscripcion_id: UUID) -> Cola | None:
    """How the queue of a subscription is; None of one that has none."""
    return session.get(Cola, suscripcion_id)


def colas(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Cola]:
    """How the queues of some subscriptions are."""
    found = session.scalars(select(Cola).where(Cola.suscripcion_id.in_(ids)))
    return {una.suscripcion_id: una for una in found}


def ritmo(session: Session, suscripcion_id: UUID, desde: datetime) -> Ritmo:
    """How the attempts since a moment went."""
    made = (
        select(IntentoDeEntrega.ms)
        .join(Entrega, Entrega.id == IntentoDeEntrega.entrega_id)
        .where(Entrega.suscripcion_id == suscripcion_id, IntentoDeEntrega.en >= desde)
    )
    good = made.where(IntentoDeEntrega.falla.is_(None))
    intentos = session.scalar(made.with_only_columns(func.count())) or 0
    bien = session.scalar(good.with_only_columns(func.count())) or 0

    def at(part: float) -> int | None:
        rank = max(0, math.ceil(part * bien) - 1)
        return session.scalar(good.order_by(IntentoDeEntrega.ms).offset(rank).limit(1))

    return Ritmo(intentos, intentos - bien, at(0.5), at(0.95))


def por_estado(session: Session, suscripcion_id: UUID) -> dict[EstadoDeEntrega, int]:
    """How many deliveries wait, arrived and were given up."""
    rows = session.execute(
        select(Entrega.estado, func.count())
        .where(Entrega.suscripcion_id == suscripcion_id)
        .group_by(Entrega.estado)
    )
    return {row[0]: row[1] for row in rows}


def _one(session: Session, suscripcion_id: UUID, mine: ColumnElement[bool]) -> Suscripcion:
    found = session.scalar(select(Suscripcion).where(Suscripcion.id == suscripcion_id, mine))
    if found is None:
        raise NoEncontrado
    return found


def _one_feed(session: Session, *conditions: ColumnElement[bool]) -> Suscripcion:
    found = session.scalar(
        select(Suscripcion).where(
            Suscripcion.via == Via.ATOM, Suscripcion.estado == Estado.ACTIVA, *conditions
        )
    )
    if found is None:
        raise NoEncontrado
    return found


def _visible_to(actor: Actor, unlimited: frozenset[str]) -> ColumnElement[bool]:
    if unlimited & actor.roles:
        return true()
    if not actor.unidad or "contraparte_unidad" not in actor.roles:
        return false()
    return Suscripcion.unidad == actor.unidad


def _page(
    session: Session,
    suscripcion_id: UUID,
    antes: UUID | None,
    estado: EstadoDeEntrega | None,
) -> Pagina:
    query = select(Entrega).where(Entrega.suscripcion_id == suscripcion_id)
    if estado is None:
        query = query.options(defer(Entrega.cuerpo))
    else:
        query = query.where(Entrega.estado == estado)
    if antes is not None:
        query = query.where(Entrega.id < antes)
    found = session.scalars(query.order_by(Entrega.id.desc()).limit(POR_PAGINA + 1)).all()
    shown = found[:POR_PAGINA]
    return Pagina(shown, shown[-1].id if len(found) > POR_PAGINA else None)
