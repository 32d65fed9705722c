"""What can be asked of digests."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado as EstadoDeMensaje
from notificaciones.suscripciones.models import Entrega, Suscripcion
from notificaciones.suscripciones.states import Estado, Via
from oficina.bus.tables import Estado as EstadoDeEntrega
from oficina.errors import NoEncontrado

_LLEGAN = (Suscripcion.via == Via.RESUMEN, Suscripcion.estado == Estado.ACTIVA)


def activos(session: Session) -> Sequence[Suscripcion]:
    """Those that leave when it is their hour."""
    return session.scalars(
        select(Suscripcion).where(*_LLEGAN, Suscripcion.correo_verificado_en.is_not(None))
    ).all()


def llevadas(session: Session, mensaje_id: UUID) -> Sequence[Entrega]:
    """What a digest carries, in the order in which it happened."""
    return session.scalars(
        select(Entrega)
        .where(Entrega.reserva == mensaje_id, Entrega.estado == EstadoDeEntrega.PENDIENTE)
        .order_by(Entrega.id)
    ).all()


def ultimo(session: Session, suscripcion: Suscripcion) -> Row[datetime, EstadoDeMensaje] | None:
    """When the digest that is on its way leaves, and its state; nothing of what it says, nor to
    whom: its reader is not written down.
    """
    if suscripcion.resumen_id is None:
        return None
    suyo = select(Mensaje.sale_en, Mensaje.estado).where(Mensaje.id == suscripcion.resumen_id)
    return session.execute(suyo).one_or_none()


def en_camino(session: Session) -> Sequence[UUID]:
    """The messages of digests that still hold deliveries."""
    held = (
        select(Entrega.reserva)
        .join(Suscripcion, Suscripcion.id == Entrega.suscripcion_id)
        .where(
            Suscripcion.via == Via.RESUMEN,
            Entrega.estado == EstadoDeEntrega.PENDIENTE,
            Entrega.reserva.is_not(None),
        )
        .distinct()
    )
    return [uno for uno in session.scalars(held) if uno is not None]


def rebotados(session: Session) -> Sequence[UUID]:
    """The subscriptions whose last digest came back after it had left."""
    return session.scalars(
        select(Suscripcion.id)
        .join(Mensaje, Mensaje.id == Suscripcion.resumen_id)
        .where(*_LLEGAN, Mensaje.estado == EstadoDeMensaje.REBOTADA)
    ).all()


def por_enlace(
    session: Session, huella: str, ahora: datetime, *, bloquear: bool = False
) -> Suscripcion:
    """Whose address a link confirms. Raises NoEncontrado, also when it was used or is too old."""
    consulta = select(Suscripcion).where(
        Suscripcion.enlace_huella == huella, Suscripcion.enlace_hasta > ahora
    )
    if bloquear:
        consulta = consulta.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(consulta)
    if found is None:
        raise NoEncontrado
    return found
