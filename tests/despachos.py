"""One message through the steps of `notificaciones.mensajes.despacho`, each in its transaction."""

from uuid import UUID

from notificaciones.mensajes import despacho, envio, queries
from notificaciones.mensajes.intentos import Contestada, Llamada
from notificaciones.mensajes.models import Mensaje
from notificaciones.proveedores.desvio import Ruta
from notificaciones.proveedores.resultados import Resultado
from oficina import clock
from oficina.db import Database
from oficina.env import Env


def reservar(db: Database, mensaje_id: UUID) -> Mensaje | None:
    """The message in our hands, None when it is not due or somebody else has it."""
    with db.begin() as session:
        tomados = despacho.tomar(session, {mensaje_id: None})
    return tomados[0][0] if tomados else None


def autorizar(db: Database, mensaje: Mensaje, ruta: Ruta) -> Llamada | None:
    """The call that may be made, None when it may not."""
    assert mensaje.reserva is not None
    with db.begin() as session:
        dicho = despacho.autorizar_llamada(session, mensaje.id, mensaje.reserva, None, ruta)
    return dicho if isinstance(dicho, Llamada) else None


def llamar(db: Database, mensaje_id: UUID, ruta: Ruta) -> Llamada:
    """A message that is due, as far as its provider's call."""
    tomado = reservar(db, mensaje_id)
    assert tomado is not None
    llamada = autorizar(db, tomado, ruta)
    assert llamada is not None
    return llamada


def asentar(db: Database, llamada: Llamada, resultado: Resultado) -> bool:
    """Whether the answer settled the message."""
    with db.begin() as session:
        return not despacho.asentar(session, [Contestada(llamada, resultado)])


def enviar(env: Env, mensaje_id: UUID) -> None:
    """Send one message, if it is due, as the loop does."""
    with env.db.read() as session:
        debidos = queries.debidos(session, clock.now(), clock.real_now())
    envio.enviar(env, [uno for uno in debidos if uno.mensaje_id == mensaje_id])
