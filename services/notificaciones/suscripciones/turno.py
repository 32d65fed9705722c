"""Whose turn it is, and what came of it: the rows around the sending of deliveries.

A batch of one endpoint is leased to one sender. A sender that vanishes leaves its lease, which ends
by itself; one that comes back too late changes nothing, nor does one whose batch went to an address
that the unit has replaced meanwhile. At most `a_la_vez` batches of an
endpoint are out at once, whatever the number of processes, and one of an endpoint that fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    distinct,
    func,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased, load_only

from notificaciones.suscripciones import actions
from notificaciones.suscripciones.models import Entrega, IntentoDeEntrega, Suscripcion
from notificaciones.suscripciones.reintentos import reintentos
from notificaciones.suscripciones.states import AL_MOMENTO, Estado, Falla, Motivo, Via
from oficina.bus.tables import Estado as EstadoDeEntrega
from oficina.db import uuid7

RESERVA = timedelta(seconds=60)
"""Longer than a batch with its last attempt may take."""
MARCA_DE_VISTA = timedelta(minutes=1)

GONE = 410

_OF_A_TURN = (
    Suscripcion.unidad,
    Suscripcion.via,
    Suscripcion.url,
    Suscripcion.fallas,
    Suscripcion.simultaneas,
)


@dataclass(frozen=True, kw_only=True)
class PorEntregar:
    """A delivery in a sender's hands."""

    id: UUID
    tipo: str
    cuerpo: bytes
    intentos: int


@dataclass(frozen=True, kw_only=True)
class Lote:
    """Deliveries of one endpoint under one lease."""

    reserva: UUID
    destino: str
    """Where it goes: what came of it is said of this address alone."""
    secretos: Sequence[str]
    entregas: Sequence[PorEntregar]


@dataclass(frozen=True, kw_only=True)
class Resultado:
    """What came of one attempt; `falla` is None when it was taken."""

    entrega_id: UUID
    intentos: int
    """With this one."""
    en: datetime
    ms: int
    status: int | None = None
    falla: Falla | None = None
    retry_after: timedelta | None = None

    @property
    def del_destino(self) -> bool:
        """Whether it is the endpoint that fails, and not this delivery alone."""
        if self.falla is None:
            return False
        return self.status is None or self.status >= 500 or self.status in {408, GONE, 429}


@dataclass(frozen=True)
class Debida:
    """An endpoint for which something waits."""

    id: UUID
    destino: str
    fallas: int
    via: Via = Via.WEBHOOK
    a_la_vez: int = 1


def debidas(session: Session, ahora: datetime) -> Sequence[Debida]:
    """The endpoints whose turn it may be."""
    waits = (
        select(Entrega.id).where(Entrega.suscripcion_id == Suscripcion.id, *libres(ahora)).exists()
    )
    found = session.scalars(
        select(Suscripcion)
        .where(Suscripcion.via.in_(AL_MOMENTO), *_its_turn(ahora), waits)
        .options(load_only(*_OF_A_TURN, raiseload=True))
    )
    return [Debida(una.id, una.destino, una.fallas, una.via, una.a_la_vez) for una in found]


def tomar(session: Session, debida: Debida, ahora: datetime) -> Lote | None:
    """Lease the next batch of an endpoint; None when it is not its turn, or moved meanwhile."""
    una = session.scalar(
        select(Suscripcion)
        .where(Suscripcion.id == debida.id, *_its_turn(ahora))
        .with_for_update(key_share=True)
    )
    if una is None or una.destino != debida.destino:
        return None
    out = session.scalar(
        select(func.count(distinct(Entrega.reserva))).where(
            Entrega.suscripcion_id == una.id,
            Entrega.estado == EstadoDeEntrega.PENDIENTE,
            Entrega.reservada_hasta > ahora,
        )
    )
    if out is not None and out >= una.a_la_vez:
        return None
    query = select(Entrega).where(Entrega.suscripcion_id == una.id, *libres(ahora))
    if una.ordenada:
        antes = aliased(Entrega)
        earlier = select(antes.id).where(
            antes.suscripcion_id == una.id,
            antes.agregado == Entrega.agregado,
            antes.estado == EstadoDeEntrega.PENDIENTE,
            antes.secuencia < Entrega.secuencia,
        )
        query = query.where(~earlier.exists())
    rows = session.scalars(query.order_by(Entrega.id).limit(reintentos().lote)).all()
    if not rows:
        return None
    reserva = uuid7()
    session.connection().execute(
        update(_TABLE)
        .where(_TABLE.c.id.in_([row.id for row in rows]))
        .values(reserva=reserva, reservada_hasta=ahora + RESERVA)
    )
    return Lote(
        reserva=reserva,
        destino=debida.destino,
        secretos=una.secretos(ahora),
        entregas=[
            PorEntregar(id=row.id, tipo=row.tipo, cuerpo=row.cuerpo.encode(), intentos=row.intentos)
            for row in rows
        ],
    )


def asentar(
    session: Session,
    suscripcion_id: UUID,
    lote: Lote,
    resultados: Sequence[Resultado],
    ahora: datetime,
) -> None:
    """Write down what came of a batch; what was not tried is free again."""
    # Before the deliveries, as whoever takes a batch: nobody waits for somebody who waits for them.
    una = session.scalar(
        select(Suscripcion)
        .where(Suscripcion.id == suscripcion_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    suyos = anotar(session, lote.reserva, resultados, ahora)
    same = una is not None and una.estado is not Estado.CERRADA and una.destino == lote.destino
    if una is not None and same and suyos:
        _judge(session, una, suyos, ahora)


def anotar(
    session: Session, reserva: UUID, resultados: Sequence[Resultado], ahora: datetime
) -> Sequence[Resultado]:
    """What came of the deliveries under a lease, and the end of it; those that were still ours."""
    held = select(Entrega.id).where(Entrega.reserva == reserva).with_for_update()
    mine = set(session.scalars(held))
    # What was withdrawn meanwhile, or is in another sender's hands by now, is not ours to change.
    suyos = [uno for uno in resultados if uno.entrega_id in mine]
    if suyos:
        _write(session.connection(), suyos, ahora)
    if left := mine - {uno.entrega_id for uno in suyos}:
        session.connection().execute(
            update(_TABLE).where(_TABLE.c.id.in_(left)).values(reserva=None, reservada_hasta=None)
        )
    return suyos


def libres(ahora: datetime) -> list[ColumnElement[bool]]:
    """What a delivery is that waits in nobody's hands and may leave."""
    return [
        Entrega.estado == EstadoDeEntrega.PENDIENTE,
        Entrega.visible <= ahora,
        or_(Entrega.reservada_hasta.is_(None), Entrega.reservada_hasta <= ahora),
    ]


def _write(connection: Connection, resultados: Sequence[Resultado], ahora: datetime) -> None:
    """Each attempt, in the order in which it was made, and what became of its delivery."""
    connection.execute(
        _ATTEMPTS.insert(),
        [
            {
                "id": uuid7(),
                "entrega_id": uno.entrega_id,
                "en": uno.en,
                "status": uno.status,
                "ms": uno.ms,
                "falla": uno.falla,
            }
            for uno in resultados
        ],
    )
    which = _TABLE.c.id == bindparam("una", type_=_TABLE.c.id.type)
    connection.execute(
        update(_TABLE).where(which).values(_BOUND), [_outcome(uno, ahora) for uno in resultados]
    )


def _judge(
    session: Session, una: Suscripcion, resultados: Sequence[Resultado], ahora: datetime
) -> None:
    """What the attempts say of the endpoint."""
    if any(uno.status == GONE for uno in resultados) and una.estado is Estado.ACTIVA:
        actions.desactivar(session, una, Motivo.YA_NO_RECIBE)
        return
    arrived = any(uno.falla is None for uno in resultados)
    last = resultados[-1]
    known: dict[str, Any] = {
        "fallas": una.fallas,
        "fallando_desde": una.fallando_desde,
        "siguiente_en": una.siguiente_en,
        "vista_en": una.vista_en,
    }
    if arrived:
        known |= {"fallas": 0, "fallando_desde": None, "siguiente_en": None}
        if una.vista_en is None or ahora - una.vista_en >= MARCA_DE_VISTA:
            known["vista_en"] = ahora
    if last.falla is not None:
        known["fallando_desde"] = known["fallando_desde"] or ahora
    if last.del_destino:
        known["fallas"] += 1
        pause = reintentos().siguiente_de_destino(known["fallas"], last.retry_after)
        known["siguiente_en"] = ahora + pause
    if any(getattr(una, name) != value for name, value in known.items()):
        # Without the version, which is that of what people edit.
        session.connection().execute(
            _SUBSCRIPTIONS.update().where(_SUBSCRIPTIONS.c.id == una.id).values(known)
        )
    since = known["fallando_desde"]
    too_long = since is not None and ahora - since >= reintentos().desactivar
    if too_long and una.estado is Estado.ACTIVA:
        actions.desactivar(session, una, Motivo.CINCO_DIAS)


def marcar_leida(session: Session, suscripcion_id: UUID, ahora: datetime) -> None:
    """Write down that a feed was read."""
    session.execute(
        _SUBSCRIPTIONS.update().where(_SUBSCRIPTIONS.c.id == suscripcion_id).values(vista_en=ahora)
    )


def _table(model: type[Any]) -> Table:
    found = inspect(model).local_table
    if not isinstance(found, Table):
        raise TypeError(f"{model.__name__} is no table")
    return found


_TABLE = _table(Entrega)
_ATTEMPTS = _table(IntentoDeEntrega)
_SUBSCRIPTIONS = _table(Suscripcion)

_BOUND = {
    name: bindparam(f"new_{name}", type_=_TABLE.c[name].type)
    for name in (
        "estado",
        "intentos",
        "visible",
        "error",
        "hecho_en",
        "ultimo_status",
        "ultima_ms",
        "reserva",
        "reservada_hasta",
    )
}


def _outcome(uno: Resultado, ahora: datetime) -> dict[str, Any]:
    row = {
        "una": uno.entrega_id,
        "new_estado": EstadoDeEntrega.HECHO,
        "new_intentos": uno.intentos,
        "new_visible": ahora,
        "new_error": None if uno.falla is None else uno.falla.value,
        "new_hecho_en": ahora,
        "new_ultimo_status": uno.status,
        "new_ultima_ms": uno.ms,
        "new_reserva": None,
        "new_reservada_hasta": None,
    }
    if uno.falla is not None:
        pause = reintentos().siguiente(uno.intentos, uno.retry_after)
        given_up = pause is None
        row |= {
            "new_estado": EstadoDeEntrega.MUERTO if given_up else EstadoDeEntrega.PENDIENTE,
            "new_visible": ahora if pause is None else ahora + pause,
            "new_hecho_en": None,
        }
    return row


def _its_turn(ahora: datetime) -> list[ColumnElement[bool]]:
    return [
        Suscripcion.estado == Estado.ACTIVA,
        or_(Suscripcion.siguiente_en.is_(None), Suscripcion.siguiente_en <= ahora),
    ]
