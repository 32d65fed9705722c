"""The way of one message from planned to delivered: ask, then write; take, then call, then settle.

Between two commits the process may die at any line; each row says how far it got, and the sweeps
take it from there. No transaction is open while another service or a provider is asked.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from notificaciones import direcciones
from notificaciones.mensajes import actions, despacho
from notificaciones.mensajes.intentos import Contestada, Llamada, Veto, intento_abierto
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.pie import pie_de
from notificaciones.mensajes.preguntas import SIN_RESPUESTA, ConOtros, Descarte, Reparto, Reunido
from notificaciones.mensajes.preparacion import reunir, revisar, sale_como_esta
from notificaciones.mensajes.queries import Debido
from notificaciones.mensajes.states import Motivo
from notificaciones.plantillas.catalogo import Canal
from notificaciones.plantillas.vigentes import plantillas
from notificaciones.proveedores.base import Envio
from notificaciones.proveedores.desvio import Desvio, Ruta
from notificaciones.proveedores.resultados import Desenlace
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
    if isinstance(hallado, ConOtros):
        with env.db.begin() as session:
            actions.juntar_con_otros(session, mensaje_id, mensaje.version, hallado)
        return
    with env.db.begin() as session:
        actions.preparar(session, mensaje_id, mensaje.version, hallado)


@dataclass(frozen=True)
class Tomado:
    """A message that this process holds; `llamada` when its provider may be called at once."""

    mensaje: Mensaje
    reserva: UUID
    llamada: Llamada | None


def enviar(env: Env, debidos: Sequence[Debido]) -> None:
    """Send messages that are written and due, one after the other, unless another worker has
    them.
    """
    for debido in debidos:
        for tomado in tomar(env, [debido]):
            if (contestada := seguir(env, tomado)) is not None:
                asentar(env, [contestada])


def tomar(env: Env, debidos: Sequence[Debido]) -> Sequence[Tomado]:
    """Take messages that are due, all in one transaction. Of those that leave as they are written
    the call of their provider is allowed in it too: whoever takes them calls now.
    """
    desvio = Desvio.de(env.settings, env.db)
    vias = {debido.mensaje_id: _first_way(desvio, debido) for debido in debidos}
    with env.db.begin() as session:
        tomados = despacho.tomar(session, vias)
    return [
        Tomado(mensaje, mensaje.reserva, llamada)
        for mensaje, llamada in tomados
        if mensaje.reserva is not None
    ]


def seguir(env: Env, tomado: Tomado) -> Contestada | None:
    """Carry a message that was taken as far as a provider's answer, which is to be written down.

    None when no provider was called: what became of it is written already.
    """
    if tomado.llamada is not None:
        return _Envio(env, tomado).llamar(tomado.llamada)
    try:
        hallado = revisar(env, tomado.mensaje)
    except SIN_RESPUESTA as error:
        _warn(tomado.mensaje.id, error)
        with env.db.begin() as session:
            despacho.devolver(session, tomado.mensaje.id, tomado.reserva)
        return None
    if isinstance(hallado, Descarte):
        with env.db.begin() as session:
            despacho.desistir(session, tomado.mensaje.id, tomado.reserva, hallado)
        return None
    if hallado is not None and hallado.horario is not None:
        with env.db.begin() as session:
            if despacho.esperar_su_horario(
                session, tomado.mensaje.id, tomado.reserva, hallado.horario
            ):
                return None
    return _Envio(env, tomado).llevar(hallado)


def asentar(env: Env, contestadas: Sequence[Contestada]) -> None:
    """Write down what providers answered, all in one transaction."""
    with env.db.begin() as session:
        tarde = despacho.asentar(session, contestadas)
    for mensaje_id in tarde:
        log.warning("respuesta_tardia", mensaje_id=mensaje_id)


def recuperar(env: Env, mensaje: Mensaje) -> None:
    """Settle a message whose lease ran out: its provider may know what became of it."""
    desvio = Desvio.de(env.settings, env.db)
    with env.db.read() as session:
        intento = intento_abierto(session, mensaje)
    llamado = intento.proveedor if intento else ""
    # One that the file names no more cannot be asked.
    ruta = desvio.rutas.get(llamado)
    recibido = ruta.proveedor.recibido(mensaje.id) if ruta else None
    with env.db.begin() as session:
        despacho.recuperar(session, mensaje.id, llamado, recibido=recibido)


def _first_way(desvio: Desvio, debido: Debido) -> Ruta | None:
    """By which way a message may leave as it is, None when something has to be asked first."""
    if debido.canal is None or not sale_como_esta(debido.plantilla, debido.persona_id):
        return None
    if desvio.cupos.espera(debido.canal, debido.destino_indice or ""):
        return None
    if desvio.mira_la_direccion(debido.destino_indice):
        return None
    return next(desvio.candidatas(debido.canal, None), None)


class _Envio:
    """One sending: a provider is called, and another at once when the first one cannot."""

    def __init__(self, env: Env, tomado: Tomado) -> None:
        self._env = env
        self._desvio = Desvio.de(env.settings, env.db)
        self._mensaje_id = tomado.mensaje.id
        self._reserva = tomado.reserva
        self._canal, self._destino = _way_of(tomado.mensaje)
        self._indice = tomado.mensaje.destino_indice or direcciones.indice(self._destino)
        self._tried: set[str] = set()
        self._vetos: list[Veto] = []
        self._until = time.monotonic() + PLAZO_DE_VIAS

    def llevar(self, hallado: Reunido | None) -> Contestada | None:
        """Find a way and go, and then another."""
        if hallado is not None:
            self._canal, self._destino = hallado.canal, hallado.destino
            self._indice = direcciones.indice(hallado.destino)
        if espera := self._desvio.cupos.espera(self._canal, self._indice):
            self._put_off(Veto(Motivo.LIMITE_DE_DESTINATARIO, real_now() + espera))
            return None
        primera = self._next(
            lambda session, ruta: despacho.autorizar_llamada(
                session, self._mensaje_id, self._reserva, hallado, ruta
            )
        )
        if isinstance(primera, Veto):
            self._put_off(primera)
            return None
        return self.llamar(primera) if primera is not None else None

    def llamar(self, llamada: Llamada) -> Contestada:
        """Call one provider; the next one when it could not, and somebody else can."""
        contestada = self._call(llamada)
        while isinstance(otra := self._other_way(contestada), Llamada):
            contestada = self._call(otra)
        if contestada.resultado.desenlace in {Desenlace.ENTREGADO, Desenlace.INCIERTO}:
            self._desvio.cupos.contar(self._canal, self._indice)
        return contestada

    def _call(self, llamada: Llamada) -> Contestada:
        self._tried.add(llamada.ruta.clave)
        began = time.monotonic()
        resultado = llamada.ruta.proveedor.entregar(self._written(llamada.mensaje))
        log.info(
            "intento",
            mensaje_id=self._mensaje_id,
            proveedor=llamada.ruta.clave,
            desenlace=resultado.desenlace.value,
            detalle=resultado.detalle,
            ms=round((time.monotonic() - began) * 1000),
        )
        self._desvio.anotar(llamada.ruta, resultado)
        return Contestada(llamada, resultado)

    def _other_way(self, contestada: Contestada) -> Llamada | Veto | None:
        if not self._may_go_on(contestada):
            return None
        return self._next(lambda session, ruta: despacho.cambiar_de_via(session, contestada, ruta))

    def _may_go_on(self, contestada: Contestada) -> bool:
        desenlace = contestada.resultado.desenlace
        if time.monotonic() > self._until:
            return False
        if desenlace is Desenlace.INCIERTO:
            with self._env.db.read() as session:
                plantilla = plantillas(session)[contestada.llamada.mensaje.plantilla]
            return not plantilla.no_duplicar
        return desenlace is Desenlace.TRANSITORIO

    def _next(self, ask: Callable[[Session, Ruta], Llamada | Veto | None]) -> Llamada | Veto | None:
        """The call by the next way that may carry it; None when it must not be sent any more."""
        for ruta in self._desvio.candidatas(self._canal, self._destino, sin=self._tried):
            self._tried.add(ruta.clave)
            with self._env.db.begin() as session:
                dicho = ask(session, ruta)
            if not isinstance(dicho, Veto):
                return dicho
            self._vetos.append(dicho)
        espera = timedelta(seconds=self._desvio.espera(self._canal))
        nobody = Veto(Motivo.PROVEEDOR_NO_DISPONIBLE, real_now() + espera)
        return min(self._vetos, key=lambda veto: veto.hasta, default=nobody)

    def _written(self, mensaje: Mensaje) -> Envio:
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
            despacho.aplazar(session, self._mensaje_id, self._reserva, veto)


def _way_of(mensaje: Mensaje) -> tuple[Canal, str]:
    if mensaje.canal is None or mensaje.destino is None:
        raise AssertionError("a message that is written has a channel and an address")
    return mensaje.canal, mensaje.destino


def _warn(mensaje_id: UUID, error: Exception) -> None:
    log.warning("sin_datos", mensaje_id=mensaje_id, kind=type(error).__name__)
