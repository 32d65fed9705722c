"""A message's row in somebody's hands, and what it tells of itself."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.preguntas import Descarte
from notificaciones.mensajes.states import Paso
from oficina.bus.outbox import emitir
from oficina.events import Clasificacion, Evento


def bloqueado(session: Session, mensaje_id: UUID) -> Mensaje:
    """The message, locked until the transaction ends."""
    return session.scalars(
        select(Mensaje)
        .where(Mensaje.id == mensaje_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def descartar(session: Session, mensaje: Mensaje, descarte: Descarte) -> None:
    """Keep a message back, for what its owners say today."""
    step = mensaje.cancelar if descarte.paso is Paso.CANCELAR else mensaje.suprimir
    contar(session, step(descarte.motivo))


def contar(session: Session, hecho: Evento | None) -> None:
    """A message about a case is told to our own services alone: the case may be one of which nobody
    else may hear.
    """
    if hecho is None:
        return
    de_caso = getattr(hecho, "caso_id", None) is not None
    emitir(
        session,
        hecho,
        clasificacion=Clasificacion.RESERVADO if de_caso else Clasificacion.INTERNO,
    )
