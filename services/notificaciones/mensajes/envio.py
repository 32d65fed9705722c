"""The way of one message from planned to delivered: ask, then write; take, then call, then settle.

Between two commits the process may die at any line; each row says how far it got, and the sweeps
take it from there. No transaction is open while another service or a provider is asked.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from notificaciones.mensajes import actions, despacho
from notificaciones.mensajes.despacho import Veto
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.pie import pie_de
from notificaciones.mensajes.preguntas import SIN_RESPUESTA, Descarte, Reparto, Reunido
from notificaciones.mensajes.preparacion import reunir, revisar
from notificaciones.mensajes.states import Motivo
from notificaciones.plantillas.catalogo import Canal
from notificaciones.plantillas.vigentes import plantillas
from notificaciones.proveedores.base import Envio
from notificaciones.proveedores.desvio import Desvio, Ruta
from notificaciones.proveedores.resultados import Desenlace, Resultado
from oficina import telemetry
from oficina.clock import real_now
from oficina.env import Env

PLAZO_DE_VIAS = 20.0
"""Seconds of one sending in which another provider may still be called."""

log = telemetry.get_logger("notificaciones.envio")


def preparar(env: Env, mensaje_id: UUID) -> None:
    """Ask what a planned message needs and write it."""
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
        actions.preparar(session, mensaje_id, mensaje.version, hallado)


def enviar(env: Env, mensaje_id: UUID) -> None:
    """Send a message that is written and due, unless another worker has it."""
    with env.db.begin() as session:
        tomado = despacho.reservar(session, mensaje_id)
    if tomado is None or tomado.reserva is None:
        return
    reserva = tomado.reserva
    try:
        hallado = revisar(env, tomado)
    except SIN_RESPUESTA as error:
        _warn(mensaje_id, error)
        with env.db.begin() as session:
            despacho.devolver(session, mensaje_id, reserva)
        return
    if isinstance(hallado, Descarte):
        with env.db.begin() as session:
            despacho.desistir(session, mensaje_id, reserva, hallado)
        return
    _Envio(env, tomado, reserva).llevar(hallado)


def recuperar(env: Env, mensaje: Mensaje) -> None:
    """Settle a message whose lease ran out: its provider may know what became of it."""
    desvio = Desvio.de(env.settings, env.db)
    with env.db.read() as session:
        llamado = despacho.proveedor_llamado(session, mensaje)
    # One that the file names no more cannot be asked.
    ruta = desvio.rutas.get(llamado or "")
    recibido = ruta.proveedor.recibido(mensaje.id) if ruta else None
    with env.db.begin() as session:
        despacho.recuperar(session, mensaje.id, llamado or "", recibido=recibido)


class _Envio:
    """One sending: a provider is called, and another at once when the first one cannot."""

    def __init__(self, env: Env, mensaje: Mensaje, reserva: UUID) -> None:
        self._env = env
        self._desvio = Desvio.de(env.settings, env.db)
        self._mensaje = mensaje
        self._reserva = reserva
        self._tried: set[str] = set()
        self._vetos: list[Veto] = []
        self._until = time.monotonic() + PLAZO_DE_VIAS

    def llevar(self, hallado: Reunido | None) -> None:
        """Find a way and go, and then another."""
        if hallado is not None:
            self._canal, self._destino = hallado.canal, hallado.destino
        else:
            self._canal, self._destino = _way_of(self._mensaje)
        if espera := self._desvio.cupos.espera(self._canal, self._destino):
            self._put_off(Veto(Motivo.LIMITE_DE_DESTINATARIO, real_now() + espera))
            return
        primera = self._next(
            lambda session, ruta: despacho.autorizar_llamada(
                session, self._mensaje.id, self._reserva, hallado, ruta
            )
        )
        if isinstance(primera, Veto):
            self._put_off(primera)
            return
        ruta = primera
        while ruta is not None:
            ruta = self._call(ruta)

    def _call(self, ruta: Ruta) -> Ruta | None:
        """Call one provider; the next one when it could not, and somebody else can."""
        began = time.monotonic()
        resultado = ruta.proveedor.entregar(self._written())
        log.info(
            "intento",
            mensaje_id=self._mensaje.id,
            proveedor=ruta.clave,
            desenlace=resultado.desenlace.value,
            detalle=resultado.detalle,
            ms=round((time.monotonic() - began) * 1000),
        )
        self._desvio.anotar(ruta, resultado)
        if self._may_go_on(resultado):
            otra = self._next(
                lambda session, una: despacho.cambiar_de_via(
                    session, self._mensaje.id, self._reserva, (ruta, resultado), una
                )
            )
            if isinstance(otra, Ruta):
                return otra
        if resultado.desenlace in {Desenlace.ENTREGADO, Desenlace.INCIERTO}:
            self._desvio.cupos.contar(self._canal, self._mensaje.destino or "")
        with self._env.db.begin() as session:
            if not despacho.asentar(session, self._mensaje.id, self._reserva, ruta, resultado):
                log.warning("respuesta_tardia", mensaje_id=self._mensaje.id)
        return None

    def _may_go_on(self, resultado: Resultado) -> bool:
        if time.monotonic() > self._until:
            return False
        if resultado.desenlace is Desenlace.INCIERTO:
            with self._env.db.read() as session:
                return not plantillas(session)[self._mensaje.plantilla].no_duplicar
        return resultado.desenlace is Desenlace.TRANSITORIO

    def _next(self, ask: Callable[[Session, Ruta], Mensaje | Veto | None]) -> Ruta | Veto | None:
        """The next way that may carry it; None when it must not be sent any more."""
        for ruta in self._desvio.candidatas(self._canal, self._destino, sin=self._tried):
            self._tried.add(ruta.clave)
            with self._env.db.begin() as session:
                dicho = ask(session, ruta)
            if isinstance(dicho, Veto):
                self._vetos.append(dicho)
            elif dicho is None:
                return None
            else:
                self._mensaje = dicho
                return ruta
        espera = timedelta(seconds=self._desvio.espera(self._canal))
        nobody = Veto(Motivo.PROVEEDOR_NO_DISPONIBLE, real_now() + espera)
        return min(self._vetos, key=lambda veto: veto.hasta, default=nobody)

    def _written(self) -> Envio:
        mensaje = self._mensaje
        canal, destino = _way_of(mensaje)
        pie = None
        if canal is Canal.CORREO:
            with self._env.db.read() as session:
                pie = pie_de(session, mensaje, self._env.settings.base_url)
        return Envio(
            mensaje_id=mensaje.id,
            canal=canal,
            destino=destino,
            idioma=mensaje.idioma or "",
            asunto=mensaje.asunto,
            cuerpo=mensaje.cuerpo or "",
            pie=pie,
        )

    def _put_off(self, veto: Veto) -> None:
        with self._env.db.begin() as session:
            despacho.aplazar(session, self._mensaje.id, self._reserva, veto)


def _way_of(mensaje: Mensaje) -> tuple[Canal, str]:
    if mensaje.canal is None or mensaje.destino is None:
        raise AssertionError("a message that is written has a channel and an address")
    return mensaje.canal, mensaje.destino


def _warn(mensaje_id: UUID, error: Exception) -> None:
    log.warning("sin_datos", mensaje_id=mensaje_id, kind=type(error).__name__)
