"""The way of one message from planned to delivered: ask, then write; take, then call, then settle.

Between two commits the process may die at any line; each row says how far it got, and the sweeps
take it from there. No transaction is open while another service or a provider is asked.
"""

from uuid import UUID

from notificaciones.mensajes import actions
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.preguntas import SIN_RESPUESTA, Reparto
from notificaciones.mensajes.preparacion import reunir, revisar
from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.base import Envio
from notificaciones.proveedores.desvio import Desvio
from oficina import telemetry
from oficina.clock import now
from oficina.env import Env

log = telemetry.get_logger("notificaciones.envio")


def preparar(env: Env, mensaje_id: UUID) -> None:
    """Ask what a planned message needs and write it; sends it at once when it is due."""
    with env.db.begin() as session:
        mensaje = actions.tomar(session, mensaje_id)
    if mensaje is None:
        return
    try:
        hallado = reunir(env, mensaje)
    except SIN_RESPUESTA as error:
        _warn(mensaje_id, error)
        with env.db.begin() as session:
            actions.esperar_datos(session, mensaje_id)
        return
    if isinstance(hallado, Reparto):
        with env.db.begin() as session:
            repartidos = actions.repartir(session, mensaje_id, mensaje.version, hallado)
        for uno in repartidos:
            preparar(env, uno.id)
        return
    with env.db.begin() as session:
        lista = actions.preparar(session, mensaje_id, mensaje.version, hallado)
    if lista is not None and lista.enviar_en <= now():
        enviar(env, mensaje_id)


def enviar(env: Env, mensaje_id: UUID) -> None:
    """Send a message that is written and due, unless another worker has it."""
    with env.db.begin() as session:
        tomado = actions.reservar(session, mensaje_id)
    if tomado is None or tomado.reserva is None:
        return
    reserva = tomado.reserva
    try:
        hallado = revisar(env, tomado)
    except SIN_RESPUESTA as error:
        _warn(mensaje_id, error)
        with env.db.begin() as session:
            actions.devolver(session, mensaje_id, reserva)
        return
    with env.db.begin() as session:
        autorizado = actions.autorizar_llamada(session, mensaje_id, reserva, hallado)
    if autorizado is not None:
        _call(env, autorizado, reserva)


def recuperar(env: Env, mensaje: Mensaje) -> None:
    """Settle a message whose lease ran out: its provider may know what became of it."""
    proveedor = Desvio.de(env.settings, env.db).de_canal(mensaje.canal or Canal.CORREO)
    recibido = proveedor.recibido(mensaje.id) if mensaje.llamado else False
    with env.db.begin() as session:
        actions.recuperar(session, mensaje.id, proveedor.nombre, recibido=recibido)


def _warn(mensaje_id: UUID, error: Exception) -> None:
    log.warning("sin_datos", mensaje_id=mensaje_id, kind=type(error).__name__)


def _call(env: Env, mensaje: Mensaje, reserva: UUID) -> None:
    if mensaje.canal is None or mensaje.destino is None or mensaje.cuerpo is None:
        raise AssertionError("a message that is written has a channel, an address and a text")
    proveedor = Desvio.de(env.settings, env.db).de_canal(mensaje.canal)
    resultado = proveedor.entregar(
        Envio(
            mensaje_id=mensaje.id,
            canal=mensaje.canal,
            destino=mensaje.destino,
            idioma=mensaje.idioma or "",
            asunto=mensaje.asunto,
            cuerpo=mensaje.cuerpo,
        )
    )
    with env.db.begin() as session:
        if not actions.asentar(session, mensaje.id, reserva, proveedor.nombre, resultado):
            log.warning("respuesta_tardia", mensaje_id=mensaje.id)
