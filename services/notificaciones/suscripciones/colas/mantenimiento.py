"""Have RabbitMQ as the rows say: what was asked for is made, what somebody deleted made again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from notificaciones.suscripciones.colas.gestion import Gestion, GestionFallida, Vista
from notificaciones.suscripciones.colas.models import Cola, FallaDeCola
from notificaciones.suscripciones.models import Suscripcion
from notificaciones.suscripciones.states import Estado
from oficina import telemetry
from oficina.bus.topology import vhost_of
from oficina.clock import real_now
from oficina.env import Env

CADA = 60
"""Seconds between two looks; a change is nudged for at once."""

log = telemetry.get_logger("notificaciones.colas")


@dataclass(frozen=True, kw_only=True)
class Pedida:
    """What RabbitMQ should have for a subscription."""

    suscripcion_id: UUID
    nombre: str
    clave: str
    cerrada: bool


def mantener_colas(env: Env) -> None:
    """Look after every queue of a unit. No transaction is open while RabbitMQ is asked."""
    with env.db.read() as session:
        pedidas = _pedidas(session)
    if not pedidas:
        return
    if not env.settings.rabbitmq_api_url:
        _fail(env, pedidas, FallaDeCola.SIN_GESTION)
        return
    vhost = vhost_of(env.settings.amqp_url)
    with Gestion(env.settings.rabbitmq_api_url, vhost) as gestion:
        for number, pedida in enumerate(pedidas):
            try:
                _look_after(env, gestion, pedida)
            except GestionFallida as error:
                log.error(
                    "cola_sin_atender",
                    suscripcion_id=str(pedida.suscripcion_id),
                    kind=error.falla.value,
                    recurso=error.que,
                )
                if error.falla is not FallaDeCola.RECHAZADA:
                    # Nor would the others be answered.
                    _fail(env, pedidas[number:], error.falla)
                    return
                _fail(env, [pedida], error.falla)


def _look_after(env: Env, gestion: Gestion, pedida: Pedida) -> None:
    if pedida.cerrada:
        gestion.quitar(pedida.nombre)
        with env.db.begin() as session:
            session.execute(delete(Cola).where(Cola.suscripcion_id == pedida.suscripcion_id))
        return
    vista = gestion.asegurar(pedida.nombre, pedida.clave)
    with env.db.begin() as session:
        _seen(session, pedida, vista, real_now())


def _seen(session: Session, pedida: Pedida, vista: Vista, ahora: datetime) -> None:
    session.execute(
        update(Cola)
        # Another password may have been asked for meanwhile.
        .where(Cola.suscripcion_id == pedida.suscripcion_id, Cola.clave == pedida.clave)
        .values(revisada_en=ahora, falla=None, mensajes=vista.mensajes, lectores=vista.lectores)
    )


def _fail(env: Env, pedidas: Sequence[Pedida], falla: FallaDeCola) -> None:
    with env.db.begin() as session:
        session.execute(
            update(Cola)
            .where(Cola.suscripcion_id.in_([una.suscripcion_id for una in pedidas]))
            .values(falla=falla)
        )


def _pedidas(session: Session) -> list[Pedida]:
    rows = session.execute(
        select(Cola.suscripcion_id, Cola.nombre, Cola.clave, Suscripcion.estado)
        .join(Suscripcion, Suscripcion.id == Cola.suscripcion_id)
        .order_by(Cola.suscripcion_id)
    )
    return [
        Pedida(
            suscripcion_id=row.suscripcion_id,
            nombre=row.nombre,
            clave=row.clave,
            cerrada=row.estado is Estado.CERRADA,
        )
        for row in rows
    ]
