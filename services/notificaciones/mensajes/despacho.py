"""From due to settled: a message is taken, a way may carry it, and what came of it is written down.

The row's lease decides who sends, and an attempt is a row before the provider is called: whatever
dies in between, somebody finds out what is known of it. Whoever changes a message locks its row
first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from notificaciones import direcciones
from notificaciones.bajas.queries import bajas_de
from notificaciones.bajas.states import Origen
from notificaciones.mensajes import recibos, respaldo
from notificaciones.mensajes.filas import (
    bloqueado,
    bloqueados,
    contar,
    contar_todos,
    descartar,
    llevar,
)
from notificaciones.mensajes.intentos import (
    Contestada,
    Llamada,
    Veto,
    abrir,
    cerrar,
    intento_abierto,
    terminar,
)
from notificaciones.mensajes.models import HechoDeSalida, Mensaje
from notificaciones.mensajes.preguntas import Descarte, Reunido
from notificaciones.mensajes.preparacion import redactar
from notificaciones.mensajes.states import Estado, Motivo, Paso
from notificaciones.mensajes.sueltos import escribir, soltar
from notificaciones.plantillas.vigentes import plantillas
from notificaciones.proveedores.desvio import Ruta
from notificaciones.proveedores.resultados import Desenlace, Resultado
from notificaciones.rebotes import actions as rebotes
from notificaciones.reglas.calculo import Ventana
from notificaciones.reglas.catalogo import reglas
from notificaciones.reglas.queries import version_de
from oficina.actor import Actor
from oficina.audit import registrar_muchas
from oficina.clock import now, real_now
from oficina.events import Evento

PLAZO_DE_RESERVA = timedelta(seconds=40)
"""How long somebody may ask about a message that they took."""

INTENTOS_DE_ENVIO = 24

_ACTOR = Actor.sistema("notificaciones")
_ENTREGAR = "notificaciones.mensaje.entregar"

_DUE = (
    select(Mensaje)
    .where(
        Mensaje.id.in_(bindparam("ids", expanding=True)),
        Mensaje.estado == Estado.LISTA,
        Mensaje.enviar_en <= bindparam("ahora"),
        Mensaje.visible <= bindparam("real"),
        or_(Mensaje.caduca_en.is_(None), Mensaje.caduca_en > bindparam("ahora")),
    )
    .order_by(Mensaje.id)
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, kw_only=True)
class Propuesta:
    """A message in hand and the way by which it would go. `hallado` is what its owners answer
    today; None when it leaves as it is written.
    """

    mensaje: Mensaje
    ruta: Ruta
    hallado: Reunido | None = None


def tomar(
    session: Session, vias: Mapping[UUID, Ruta | None]
) -> Sequence[tuple[Mensaje, Llamada | None]]:
    """Take due messages for sending: those of `vias` that are due and that no other worker has.

    Of one with a way the call by it is allowed too (`autorizar_llamada`), if that may carry it now.
    One whose window is closed at this moment waits for the next opening instead.
    """
    ahora, real = now(), real_now()
    debidos = session.scalars(_DUE, {"ids": list(vias), "ahora": ahora, "real": real}).all()
    soltar(session, debidos)
    tomados = _take(session, debidos, ahora, real)
    propuestas = [
        Propuesta(mensaje=mensaje, ruta=ruta)
        for mensaje in tomados
        if (ruta := vias[mensaje.id]) is not None
    ]
    hechos: list[Evento] = []
    dichos = _authorize(session, propuestas, hechos)
    escribir(session, debidos)
    contar_todos(session, hechos)
    llamadas = {
        una.mensaje.id: dicho
        for una, dicho in zip(propuestas, dichos, strict=True)
        if isinstance(dicho, Llamada)
    }
    return [
        (mensaje, llamadas.get(mensaje.id)) for mensaje in tomados if mensaje.reserva is not None
    ]


def _take(
    session: Session, debidos: Sequence[Mensaje], ahora: datetime, real: datetime
) -> Sequence[Mensaje]:
    tomados: list[Mensaje] = []
    for mensaje in debidos:
        if (abre_en := _window_opens(session, mensaje, ahora)) is not None:
            mensaje.posponer(abre_en)
        else:
            mensaje.reservar(real + PLAZO_DE_RESERVA)
            tomados.append(mensaje)
    return tomados


def desistir(session: Session, mensaje_id: UUID, reserva: UUID, descarte: Descarte) -> None:
    """Its owners say today that it is not to be sent."""
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.reserva == reserva:
        descartar(session, mensaje, descarte)


def motivo_de_baja(origen: Origen) -> Motivo:
    """Why nothing leaves for an address, by who says that it gets no more."""
    return Motivo.DIRECCION_REBOTA if origen is Origen.REBOTE else Motivo.DIRECCION_DE_BAJA


def autorizar_llamada(
    session: Session, mensaje_id: UUID, reserva: UUID, hallado: Reunido | None, ruta: Ruta
) -> Llamada | Veto | None:
    """The last look before a provider is called, at a message that was taken.

    The call that may be made, or why this way may not carry it now; None when it must not be sent,
    or somebody else has it. From this commit on a crash leaves a doubt about one that may be
    called.
    """
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.reserva != reserva:
        return None
    soltar(session, [mensaje])
    hechos: list[Evento] = []
    propuesta = Propuesta(mensaje=mensaje, ruta=ruta, hallado=hallado)
    (dicho,) = _authorize(session, [propuesta], hechos)
    escribir(session, [mensaje])
    contar_todos(session, hechos)
    return dicho


def _authorize(
    session: Session, propuestas: Sequence[Propuesta], hechos: list[Evento]
) -> Sequence[Llamada | Veto | None]:
    """In the order of what is proposed; what becomes of those that must not be sent is added to
    what is to be told.
    """
    vigentes = plantillas(session)
    for una in propuestas:
        if una.hallado is not None and una.mensaje.retirado_por is None:
            plantilla, hallado = vigentes[una.mensaje.plantilla], una.hallado
            texto = redactar(plantilla, hallado)
            una.mensaje.plantilla_version = plantilla.version
            una.mensaje.escribir(hallado.canal, hallado.destino, hallado.idioma, texto)
            una.mensaje.enlace = hallado.enlace
            if hallado.juntos is not None:
                llevar(session, una.mensaje, hallado.juntos)
    de_baja = bajas_de(session, {_index(una.mensaje) for una in propuestas})
    dichos: list[Llamada | Veto | None] = [None] * len(propuestas)
    por_abrir: list[tuple[int, Propuesta]] = []
    for lugar, una in enumerate(propuestas):
        mensaje, plantilla = una.mensaje, vigentes[una.mensaje.plantilla]
        if mensaje.retirado_por is not None:
            hechos.append(mensaje.cancelar(mensaje.retirado_por))
            continue
        mensaje.pese_a_baja = None
        if (origen := de_baja.origen(_index(mensaje), plantilla.tema)) is not None:
            if not plantilla.por_ley:
                hechos.append(mensaje.suprimir(motivo_de_baja(origen)))
                continue
            mensaje.pese_a_baja = plantilla.por_ley[:300]
        por_abrir.append((lugar, una))
    abiertas = abrir(session, [(una.mensaje, una.ruta) for _lugar, una in por_abrir])
    for (lugar, _una), dicho in zip(por_abrir, abiertas, strict=True):
        dichos[lugar] = dicho
    return dichos


def cambiar_de_via(session: Session, fallida: Contestada, ruta: Ruta) -> Llamada | Veto | None:
    """Write down how one provider failed and let another be called, in the same sending.

    None when it must not be: what it was about was withdrawn, or somebody else decided.
    """
    llamada = fallida.llamada
    mensaje = bloqueado(session, llamada.mensaje.id)
    if mensaje.reserva != llamada.reserva or mensaje.retirado_por is not None:
        return None
    dicho = abrir(session, [(mensaje, ruta)])[0]
    if isinstance(dicho, Llamada):
        cerrar(session, [fallida])
    return dicho


def asentar(session: Session, contestadas: Sequence[Contestada]) -> frozenset[UUID]:
    """Write down how providers' calls ended; the messages of which somebody else decided
    meanwhile.

    An answer that comes after the lease still settles a message in doubt.
    """
    mensajes = bloqueados(session, [una.llamada.mensaje.id for una in contestadas])
    soltar(session, mensajes.values())
    cerrar(session, contestadas)
    saldo = _Saldo()
    tarde: set[UUID] = set()
    oyen: list[Mensaje] = []
    for una in contestadas:
        mensaje = mensajes[una.llamada.mensaje.id]
        if not _settle(session, mensaje, una, saldo):
            tarde.add(mensaje.id)
        elif una.llamada.ruta.avisa:
            oyen.append(mensaje)
    escribir(session, list(mensajes.values()))
    saldo.decir(session)
    if oyen:
        recibos.aplicar_pendientes(session, oyen)
    return frozenset(tarde)


@dataclass(frozen=True)
class _Saldo:
    """What is to be told of messages, and done for them, when their rows are written."""

    hechos: list[Evento] = field(default_factory=list)
    entregados: list[UUID] = field(default_factory=list)
    rechazados: list[tuple[Mensaje, str]] = field(default_factory=list)

    def contar(self, hecho: Evento | None) -> None:
        if hecho is not None:
            self.hechos.append(hecho)

    def decir(self, session: Session) -> None:
        contar_todos(session, self.hechos)
        registrar_muchas(session, _ACTOR, _ENTREGAR, "mensaje", self.entregados)
        for mensaje, detalle in self.rechazados:
            rebotes.rechazado(session, mensaje, detalle)
            respaldo.respaldar(session, mensaje)


def devolver(session: Session, mensaje_id: UUID, reserva: UUID) -> None:
    """An owner did not answer when asked again: free the message for a later try."""
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.reserva == reserva:
        contar(session, _again(mensaje, Motivo.DATOS_NO_DISPONIBLES))


def aplazar(session: Session, mensaje_id: UUID, reserva: UUID, veto: Veto) -> None:
    """No way may carry it now: free it for later. Nobody was called, so no try is counted."""
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.reserva == reserva:
        mensaje.intentos -= 1
        contar(session, mensaje.devolver(veto.motivo, veto.hasta))


def esperar_su_horario(session: Session, mensaje_id: UUID, reserva: UUID, horario: Ventana) -> bool:
    """Free a message until the hours at which its person may be reached; False when those are now.

    When the office never writes at those hours nobody is written to at all.
    """
    ahora = now()
    if horario.abierta(ahora):
        return False
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.reserva != reserva:
        return True
    ventana = _window_of(session, mensaje)
    if ventana is not None and not ventana.se_cruza_con(horario):
        descartar(session, mensaje, Descarte(Paso.SUPRIMIR, Motivo.FUERA_DE_SU_HORARIO))
        return True
    mensaje.intentos -= 1
    contar(session, mensaje.devolver(Motivo.FUERA_DE_SU_HORARIO, real_now()))
    if mensaje.estado is Estado.LISTA:
        mensaje.enviar_en = horario.siguiente(ahora)
    return True


def recuperar(session: Session, mensaje_id: UUID, proveedor: str, *, recibido: bool | None) -> None:
    """Settle a message whose worker vanished.

    `recibido` is what the provider says of it: yes, no, or None when it cannot tell. Before the
    provider was called there is no doubt.
    """
    mensaje = bloqueado(session, mensaje_id)
    if not (mensaje.reservada_hasta and mensaje.reservada_hasta <= real_now()):
        return
    desenlace = _CONTESTA[recibido]
    saldo = _Saldo()
    if mensaje.llamado and (intento := intento_abierto(session, mensaje)) is not None:
        terminar(session, intento, Resultado(desenlace, detalle="interrumpido"))
    if mensaje.llamado and recibido:
        _deliver(mensaje, proveedor, str(mensaje.id), saldo)
    elif mensaje.llamado and recibido is None:
        _doubt(session, mensaje, proveedor, saldo)
    else:
        saldo.contar(mensaje.devolver(Motivo.ENVIO_INTERRUMPIDO, real_now()))
    saldo.decir(session)


_CONTESTA = {
    True: Desenlace.ENTREGADO,
    False: Desenlace.TRANSITORIO,
    None: Desenlace.INCIERTO,
}


def _window_opens(session: Session, mensaje: Mensaje, ahora: datetime) -> datetime | None:
    """The next opening, when a message may not leave at this hour."""
    ventana = _window_of(session, mensaje)
    return None if ventana is None or ventana.abierta(ahora) else ventana.siguiente(ahora)


def _window_of(session: Session, mensaje: Mensaje) -> Ventana | None:
    """The hours at which the office writes such a message; None when at any."""
    if not plantillas(session)[mensaje.plantilla].respeta_ventana:
        return None
    regla = version_de(session, mensaje.regla, mensaje.regla_version)
    return regla.recordatorio.ventana if regla is not None else reglas().ventana


def _index(mensaje: Mensaje) -> str:
    return mensaje.destino_indice or direcciones.indice(mensaje.destino or "")


def _settle(session: Session, mensaje: Mensaje, contestada: Contestada, saldo: _Saldo) -> bool:
    """Whether the message is what the answer makes of it: False when somebody else decided."""
    llamada, resultado = contestada.llamada, contestada.resultado
    if mensaje.reserva != llamada.reserva and mensaje.estado is not Estado.INCIERTA:
        return False
    match resultado.desenlace:
        case Desenlace.ENTREGADO:
            _deliver(mensaje, llamada.ruta.clave, resultado.referencia, saldo)
        case Desenlace.DEFINITIVO:
            saldo.contar(mensaje.fallar(Motivo.PROVEEDOR_RECHAZA))
            saldo.rechazados.append((mensaje, resultado.detalle))
        case _ if mensaje.estado is Estado.INCIERTA:
            return False
        case Desenlace.INCIERTO:
            _doubt(session, mensaje, llamada.ruta.clave, saldo)
        case Desenlace.TRANSITORIO:
            saldo.contar(_again(mensaje, Motivo.PROVEEDOR_NO_DISPONIBLE, resultado.espera))
    return True


def _deliver(mensaje: Mensaje, proveedor: str, referencia: str, saldo: _Saldo) -> None:
    saldo.contar(mensaje.entregar(proveedor, referencia))
    saldo.entregados.append(mensaje.id)


def _doubt(session: Session, mensaje: Mensaje, proveedor: str, saldo: _Saldo) -> None:
    if plantillas(session)[mensaje.plantilla].no_duplicar:
        mensaje.proveedor = proveedor
        saldo.contar(mensaje.dudar(Motivo.PROVEEDOR_SIN_RESPUESTA))
    else:
        saldo.contar(_again(mensaje, Motivo.PROVEEDOR_SIN_RESPUESTA))


def _again(
    mensaje: Mensaje, motivo: Motivo, espera: timedelta | None = None
) -> HechoDeSalida | None:
    if mensaje.intentos >= INTENTOS_DE_ENVIO:
        return mensaje.fallar(motivo)
    pausa = timedelta(seconds=min(10 * 2**mensaje.intentos, 3600))
    if espera is not None:
        pausa = min(max(pausa, espera), timedelta(hours=1))
    return mensaje.devolver(motivo, real_now() + pausa)
