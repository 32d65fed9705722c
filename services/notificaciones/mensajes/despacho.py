"""From due to settled: a message is taken, a way may carry it, and what came of it is written down.

The row's lease decides who sends, and an attempt is a row before the provider is called: whatever
dies in between, somebody finds out what is known of it. Whoever changes a message locks its row
first.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from notificaciones import direcciones
from notificaciones.bajas.queries import bajas_de
from notificaciones.bajas.states import Origen
from notificaciones.mensajes import recibos, respaldo
from notificaciones.mensajes.filas import bloqueado, bloqueados, contar, descartar, llevar
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.preguntas import Descarte, Reunido
from notificaciones.mensajes.preparacion import redactar
from notificaciones.mensajes.sms import UCS2
from notificaciones.mensajes.states import Estado, Motivo, Paso
from notificaciones.plantillas.vigentes import plantillas
from notificaciones.proveedores import consumos, presupuestos
from notificaciones.proveedores.desvio import Ruta
from notificaciones.proveedores.models import IntentoDeEnvio, PausaDeProveedor
from notificaciones.proveedores.resultados import Desenlace, Resultado
from notificaciones.rebotes import actions as rebotes
from notificaciones.reglas.calculo import Ventana
from notificaciones.reglas.catalogo import reglas
from notificaciones.reglas.queries import version_de
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.clock import now, real_now, today
from oficina.db import uuid7

PLAZO_DE_RESERVA = timedelta(seconds=40)
"""How long somebody may ask about a message that they took."""

PLAZO_DE_LLAMADA = timedelta(seconds=50)
"""A lease outlasts every provider of one sending (`envio`), and whoever vanished with a message is
found out within a minute."""

INTENTOS_DE_ENVIO = 24

_ACTOR = Actor.sistema("notificaciones")

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
_PAUSED = select(PausaDeProveedor.proveedor)
_ATTEMPTS = (
    select(IntentoDeEnvio)
    .where(IntentoDeEnvio.id.in_(bindparam("ids", expanding=True)))
    .order_by(IntentoDeEnvio.id)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class Veto:
    """A way may not carry this message now, and why; not before `hasta` as far as is known.

    `presupuesto` is whose budget it was: a provider's key, or `consumos.OFICINA`.
    """

    motivo: Motivo
    hasta: datetime
    presupuesto: str = ""


@dataclass(frozen=True, kw_only=True)
class Llamada:
    """A provider may be called for a message, once: an attempt says so."""

    mensaje: Mensaje
    reserva: UUID
    intento_id: UUID
    ruta: Ruta


@dataclass(frozen=True)
class Contestada:
    """A call, and how it ended."""

    llamada: Llamada
    resultado: Resultado


@dataclass(frozen=True, kw_only=True)
class Propuesta:
    """A message in hand and the way by which it would go. `hallado` is what its owners answer
    today; None when it leaves as it is written.
    """

    mensaje: Mensaje
    ruta: Ruta
    hallado: Reunido | None = None


def reservar(session: Session, ids: Collection[UUID]) -> Sequence[Mensaje]:
    """Take due messages for sending: those of `ids` that are due and that no other worker has.

    One whose window is closed at this moment waits for the next opening instead.
    """
    ahora, real = now(), real_now()
    debidos = session.scalars(_DUE, {"ids": list(ids), "ahora": ahora, "real": real}).all()
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


def autorizar(session: Session, propuestas: Sequence[Propuesta]) -> Sequence[Llamada | Veto | None]:
    """The last look before providers are called, at messages that this transaction holds.

    In the order of what is proposed: the call that may be made, or why this way may not carry it
    now; None when it must not be sent. From this commit on a crash leaves a doubt about those that
    may be called.
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
            contar(session, mensaje.cancelar(mensaje.retirado_por))
            continue
        mensaje.pese_a_baja = None
        if (origen := de_baja.origen(_index(mensaje), plantilla.tema)) is not None:
            if not plantilla.por_ley:
                contar(session, mensaje.suprimir(motivo_de_baja(origen)))
                continue
            mensaje.pese_a_baja = plantilla.por_ley[:300]
        por_abrir.append((lugar, una))
    abiertas = _open(session, [(una.mensaje, una.ruta) for _lugar, una in por_abrir])
    for (lugar, _una), dicho in zip(por_abrir, abiertas, strict=True):
        dichos[lugar] = dicho
    return dichos


def motivo_de_baja(origen: Origen) -> Motivo:
    """Why nothing leaves for an address, by who says that it gets no more."""
    return Motivo.DIRECCION_REBOTA if origen is Origen.REBOTE else Motivo.DIRECCION_DE_BAJA


def autorizar_llamada(
    session: Session, mensaje_id: UUID, reserva: UUID, hallado: Reunido | None, ruta: Ruta
) -> Llamada | Veto | None:
    """`autorizar` for one message that was taken in another transaction."""
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.reserva != reserva:
        return None
    return autorizar(session, [Propuesta(mensaje=mensaje, ruta=ruta, hallado=hallado)])[0]


def cambiar_de_via(session: Session, fallida: Contestada, ruta: Ruta) -> Llamada | Veto | None:
    """Write down how one provider failed and let another be called, in the same sending.

    None when it must not be: what it was about was withdrawn, or somebody else decided.
    """
    llamada = fallida.llamada
    mensaje = bloqueado(session, llamada.mensaje.id)
    if mensaje.reserva != llamada.reserva or mensaje.retirado_por is not None:
        return None
    dicho = _open(session, [(mensaje, ruta)])[0]
    if isinstance(dicho, Llamada):
        _close(session, [fallida])
    return dicho


def asentar(session: Session, contestadas: Sequence[Contestada]) -> frozenset[UUID]:
    """Write down how providers' calls ended; the messages of which somebody else decided
    meanwhile.

    An answer that comes after the lease still settles a message in doubt.
    """
    mensajes = bloqueados(session, [una.llamada.mensaje.id for una in contestadas])
    _close(session, contestadas)
    tarde: set[UUID] = set()
    oyen: list[Mensaje] = []
    for una in contestadas:
        mensaje = mensajes[una.llamada.mensaje.id]
        if not _settle(session, mensaje, una):
            tarde.add(mensaje.id)
        elif una.llamada.ruta.avisa:
            oyen.append(mensaje)
    if oyen:
        session.flush()
        recibos.aplicar_pendientes(session, oyen)
    return frozenset(tarde)


def devolver(session: Session, mensaje_id: UUID, reserva: UUID) -> None:
    """An owner did not answer when asked again: free the message for a later try."""
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.reserva == reserva:
        _again(session, mensaje, Motivo.DATOS_NO_DISPONIBLES)


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


def intento_abierto(session: Session, mensaje: Mensaje) -> IntentoDeEnvio | None:
    """The last call under the message's lease that nobody wrote the end of."""
    return session.scalar(
        select(IntentoDeEnvio)
        .where(
            IntentoDeEnvio.mensaje_id == mensaje.id,
            IntentoDeEnvio.reserva == mensaje.reserva,
            IntentoDeEnvio.terminado_en.is_(None),
        )
        .order_by(IntentoDeEnvio.id.desc())
        .limit(1)
    )


def recuperar(session: Session, mensaje_id: UUID, proveedor: str, *, recibido: bool | None) -> None:
    """Settle a message whose worker vanished.

    `recibido` is what the provider says of it: yes, no, or None when it cannot tell. Before the
    provider was called there is no doubt.
    """
    mensaje = bloqueado(session, mensaje_id)
    if not (mensaje.reservada_hasta and mensaje.reservada_hasta <= real_now()):
        return
    desenlace = _CONTESTA[recibido]
    if mensaje.llamado and (intento := intento_abierto(session, mensaje)) is not None:
        _end(session, intento, Resultado(desenlace, detalle="interrumpido"))
    if mensaje.llamado and recibido:
        _deliver(session, mensaje, proveedor, str(mensaje.id))
    elif mensaje.llamado and recibido is None:
        _doubt(session, mensaje, proveedor)
    else:
        contar(session, mensaje.devolver(Motivo.ENVIO_INTERRUMPIDO, real_now()))


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


def _open(session: Session, pares: Sequence[tuple[Mensaje, Ruta]]) -> Sequence[Llamada | Veto]:
    """Begin an attempt of each message by its way, unless that may not carry it now."""
    if not pares:
        return ()
    pausas = frozenset(session.scalars(_PAUSED))
    dichos: dict[UUID, Llamada | Veto] = {}
    por_ruta: dict[str, list[tuple[Mensaje, Ruta, IntentoDeEnvio]]] = {}
    for mensaje, ruta in pares:
        if veto := _impedida(mensaje, ruta, pausas):
            dichos[mensaje.id] = veto
        else:
            intento = _attempt(mensaje, ruta)
            por_ruta.setdefault(ruta.clave, []).append((mensaje, ruta, intento))
    for suyos in por_ruta.values():
        _mensaje, una, _intento = suyos[0]
        intentos = [intento for _mensaje, _ruta, intento in suyos]
        agotados = consumos.tomar(session, intentos, una.limites, una.de_oficina)
        for presupuesto in sorted(set(agotados.values())):
            presupuestos.avisar(session, presupuesto)
        for mensaje, ruta, intento in suyos:
            if agotado := agotados.get(intento.id):
                dichos[mensaje.id] = Veto(Motivo.PRESUPUESTO_AGOTADO, _tomorrow(), agotado)
            else:
                dichos[mensaje.id] = _call(session, mensaje, ruta, intento)
    return [dichos[mensaje.id] for mensaje, _ruta in pares]


def _impedida(mensaje: Mensaje, ruta: Ruta, pausas: Collection[str]) -> Veto | None:
    if ruta.clave in pausas:
        return Veto(Motivo.PROVEEDOR_EN_PAUSA, real_now() + timedelta(minutes=1))
    if mensaje.codificacion == UCS2 and not ruta.unicode:
        return Veto(Motivo.PROVEEDOR_NO_DISPONIBLE, real_now() + timedelta(minutes=5))
    return None


def _attempt(mensaje: Mensaje, ruta: Ruta) -> IntentoDeEnvio:
    segmentos = mensaje.segmentos or 0
    return IntentoDeEnvio(
        id=uuid7(),
        mensaje_id=mensaje.id,
        reserva=mensaje.reserva,
        proveedor=ruta.clave,
        dia=today(),
        segmentos=segmentos,
        costo=int(segmentos * ruta.costo_por_segmento * consumos.MILESIMAS),
        empezado_en=real_now(),
        detalle="",
    )


def _call(session: Session, mensaje: Mensaje, ruta: Ruta, intento: IntentoDeEnvio) -> Llamada:
    if mensaje.reserva is None:
        raise AssertionError("who opens an attempt holds the message")
    session.add(intento)
    mensaje.llamar(real_now() + PLAZO_DE_LLAMADA)
    return Llamada(mensaje=mensaje, reserva=mensaje.reserva, intento_id=intento.id, ruta=ruta)


def _tomorrow() -> datetime:
    """When the domain's day ends, on the machine's clock."""
    return real_now() + (consumos.fin_del_dia() - now())


def _close(session: Session, contestadas: Sequence[Contestada]) -> None:
    """End the attempts of calls that were answered."""
    resultados = {una.llamada.intento_id: una.resultado for una in contestadas}
    for intento in session.scalars(_ATTEMPTS, {"ids": list(resultados)}).all():
        _end(session, intento, resultados[intento.id])


def _end(session: Session, intento: IntentoDeEnvio, resultado: Resultado) -> None:
    before = intento.desenlace
    # An answer that comes late says more than that nobody knew.
    if before is None or before is Desenlace.INCIERTO:
        intento.desenlace, intento.detalle = resultado.desenlace, resultado.detalle[:80]
        intento.terminado_en = real_now()
    if before is None:
        consumos.asentar(session, intento)


def _settle(session: Session, mensaje: Mensaje, contestada: Contestada) -> bool:
    """Whether the message is what the answer makes of it: False when somebody else decided."""
    llamada, resultado = contestada.llamada, contestada.resultado
    if mensaje.reserva != llamada.reserva and mensaje.estado is not Estado.INCIERTA:
        return False
    match resultado.desenlace:
        case Desenlace.ENTREGADO:
            _deliver(session, mensaje, llamada.ruta.clave, resultado.referencia)
        case Desenlace.DEFINITIVO:
            contar(session, mensaje.fallar(Motivo.PROVEEDOR_RECHAZA))
            rebotes.rechazado(session, mensaje, resultado.detalle)
            respaldo.respaldar(session, mensaje)
        case _ if mensaje.estado is Estado.INCIERTA:
            return False
        case Desenlace.INCIERTO:
            _doubt(session, mensaje, llamada.ruta.clave)
        case Desenlace.TRANSITORIO:
            _again(session, mensaje, Motivo.PROVEEDOR_NO_DISPONIBLE, resultado.espera)
    return True


def _deliver(session: Session, mensaje: Mensaje, proveedor: str, referencia: str) -> None:
    contar(session, mensaje.entregar(proveedor, referencia))
    registrar(session, _ACTOR, "notificaciones.mensaje.entregar", "mensaje", mensaje.id)


def _doubt(session: Session, mensaje: Mensaje, proveedor: str) -> None:
    if plantillas(session)[mensaje.plantilla].no_duplicar:
        mensaje.proveedor = proveedor
        contar(session, mensaje.dudar(Motivo.PROVEEDOR_SIN_RESPUESTA))
    else:
        _again(session, mensaje, Motivo.PROVEEDOR_SIN_RESPUESTA)


def _again(
    session: Session, mensaje: Mensaje, motivo: Motivo, espera: timedelta | None = None
) -> None:
    if mensaje.intentos >= INTENTOS_DE_ENVIO:
        contar(session, mensaje.fallar(motivo))
        return
    pausa = timedelta(seconds=min(10 * 2**mensaje.intentos, 3600))
    if espera is not None:
        pausa = min(max(pausa, espera), timedelta(hours=1))
    contar(session, mensaje.devolver(motivo, real_now() + pausa))
