"""Sending a batch to the queue of a unit: one after the other, each confirmed by RabbitMQ.

Over an exchange of its own and always `mandatory`: a message for a queue that is gone comes back,
and waits until the queue has been made again.
"""

import time

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, NackError, UnroutableError

from notificaciones.suscripciones.states import Falla
from notificaciones.suscripciones.turno import Lote, PorEntregar, Resultado
from notificaciones.vigia import Vigia
from oficina.bus import broker, topology
from oficina.bus.envelope import CONTENT_TYPE
from oficina.clock import real_now

LATIDO = 10
"""Seconds between heartbeats: a broker that hangs is left before the batch's lease ends."""


def publicar(amqp_url: str, lote: Lote, vigia: Vigia) -> list[Resultado]:
    """Send until RabbitMQ fails, or the office closes."""
    resultados: list[Resultado] = []
    try:
        with broker.connect(_hosts(amqp_url)) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            for una in lote.entregas:
                if vigia.stopped:
                    break
                resultados.append(_publish(channel, lote.destino, una))
                if resultados[-1].falla is not None:
                    break
    except AMQPError:
        pendiente = lote.entregas[len(resultados) :]
        if pendiente and not (resultados and resultados[-1].falla) and not vigia.stopped:
            resultados.append(_result(pendiente[0], Falla.SIN_CONEXION, time.perf_counter()))
    return resultados


def _publish(channel: BlockingChannel, nombre: str, una: PorEntregar) -> Resultado:
    began = time.perf_counter()
    properties = pika.BasicProperties(
        content_type=CONTENT_TYPE, delivery_mode=2, message_id=str(una.id), type=una.tipo
    )
    falla = None
    try:
        channel.basic_publish(topology.UNIDADES, nombre, una.cuerpo, properties, mandatory=True)
    except UnroutableError:
        falla = Falla.SIN_COLA
    except NackError:
        falla = Falla.RESPUESTA
    return _result(una, falla, began)


def _result(una: PorEntregar, falla: Falla | None, began: float) -> Resultado:
    return Resultado(
        entrega_id=una.id,
        intentos=una.intentos + 1,
        en=real_now(),
        ms=round((time.perf_counter() - began) * 1000),
        falla=falla,
    )


def _hosts(amqp_url: str) -> list[pika.URLParameters]:
    hosts = broker.parameters(amqp_url)
    for one in hosts:
        one.heartbeat = LATIDO
        one.blocked_connection_timeout = LATIDO
    return hosts
