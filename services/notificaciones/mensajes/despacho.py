"""From due to settled: a message is taken, a way may carry it, and what came of it is written down.

The row's lease decides who sends, and an attempt is a row before the provider is called: whatever
dies in between, somebody finds out what is known of it. Whoever changes a message locks its row
first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from notificaciones import direcciones
from notificaciones.bajas.queries import de_baja
from notificaciones.bajas.states import Origen
from notificaciones.mensajes import recibos, respaldo
from notificaciones.mensajes.filas import bloqueado, contar, descartar
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


@dataclass(frozen=True)
class Veto:
    """A way may not carry this message now, and why; not before `hasta` as far as is known.

    `presupuesto` is whose budget it was: a provider's key, or `consumos.OFICINA`.
    """

    motivo: Motivo
    hasta: datetime
    presupuesto: str = ""


def reservar(session: Session, mensaje_id: UUID) -> Mensaje | None:
    """Take a due message for sending; None when it is not due, or another worker has it.

    One whose window is closed at this moment waits for the next opening instead.
    """
    ahora, real = now(), real_now()
    if (abre_en := _window_opens(session, mensaje_id, ahora)) is not None:
        bloqueado(session, mensaje_id).posponer(abre_en)
        return None
    taken = session.execute(
        update(Mensaje)
        .where(
            Mensaje.id == mensaje_id,
            Mensaje.estado == Estado.LISTA,
            Mensaje.enviar_en <= ahora,
            Mensaje.visible <= real,
            or_(Mensaje.caduca_en.is_(None), Mensaje.caduca_en > ahora),
        )
        .values(
            estado=Estado.RESERVADA,
            motivo=None,
            reserva=uuid7(),
            reservada_hasta=real + PLAZO_DE_RESERVA,
            intentos=Mensaje.intentos + 1,
            cambiado_en=real,
            version=Mensaje.version + 1,
        )
        .returning(Mensaje.id)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        return None
    mensaje = bloqueado(session, mensaje_id)
    mensaje.anotar(Paso.RESERVAR)
    return mensaje


def desistir(session: Session, mensaje_id: UUID, reserva: UUID, descarte: Descarte) -> None:
    """Its owners say today that it is not to be sent."""
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.reserva == reserva:
        descartar(session, mensaje, descarte)


def autorizar_llamada(
    session: Session, mensaje_id: UUID, reserva: UUID, hallado: Reunido | None, ruta: Ruta
) -> Mensaje | Veto | None:
    """The last look before a provider is called; None when it must not be.

    `hallado` is what the owners answer today; None when it leaves as it is written. From this
    commit on a crash leaves a doubt about the message.
    """
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.reserva != reserva:
        return None
    if mensaje.retirado_por is not None:
        contar(session, mensaje.cancelar(mensaje.retirado_por))
        return None
    plantilla = plantillas(session)[mensaje.plantilla]
    if hallado is not None:
        texto = redactar(plantilla, hallado)
        mensaje.plantilla_version = plantilla.version
        mensaje.escribir(hallado.canal, hallado.destino, hallado.idioma, texto)
    indice = direcciones.indice(mensaje.destino or "")
    mensaje.pese_a_baja = None
    if (origen := de_baja(session, indice, plantilla.tema)) is not None:
        if not plantilla.por_ley:
            rebota = origen is Origen.REBOTE
            motivo = Motivo.DIRECCION_REBOTA if rebota else Motivo.DIRECCION_DE_BAJA
            contar(session, mensaje.suprimir(motivo))
            return None
        mensaje.pese_a_baja = plantilla.por_ley[:300]
    return _open(session, mensaje, ruta) or mensaje


def cambiar_de_via(
    session: Session, mensaje_id: UUID, reserva: UUID, fallida: tuple[Ruta, Resultado], ruta: Ruta
) -> Mensaje | Veto | None:
    """Write down how one provider failed and let another be called, in the same sending.

    None when it must not be: what it was about was withdrawn, or somebody else decided.
    """
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.reserva != reserva or mensaje.retirado_por is not None:
        return None
    dicho = _open(session, mensaje, ruta)
    if dicho is None:
        una, resultado = fallida
        _close(session, mensaje, reserva, una.clave, resultado)
    return dicho or mensaje


def asentar(
    session: Session, mensaje_id: UUID, reserva: UUID, ruta: Ruta, resultado: Resultado
) -> bool:
    """Write down how a provider's call ended; False when somebody else decided meanwhile.

    An answer that comes after the lease still settles a message in doubt.
    """
    mensaje = bloqueado(session, mensaje_id)
    _close(session, mensaje, reserva, ruta.clave, resultado)
    if mensaje.reserva != reserva and mensaje.estado is not Estado.INCIERTA:
        return False
    match resultado.desenlace:
        case Desenlace.ENTREGADO:
            _deliver(session, mensaje, ruta.clave, resultado.referencia)
        case Desenlace.DEFINITIVO:
            contar(session, mensaje.fallar(Motivo.PROVEEDOR_RECHAZA))
            rebotes.rechazado(session, mensaje, resultado.detalle)
            respaldo.respaldar(session, mensaje)
        case _ if mensaje.estado is Estado.INCIERTA:
            return False
        case Desenlace.INCIERTO:
            _doubt(session, mensaje, ruta.clave)
        case Desenlace.TRANSITORIO:
            _again(session, mensaje, Motivo.PROVEEDOR_NO_DISPONIBLE, resultado.espera)
    if ruta.avisa:
        session.flush()
        recibos.aplicar_pendientes(session, mensaje)
    return True


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


def proveedor_llamado(session: Session, mensaje: Mensaje) -> str | None:
    """Who was called last under the message's lease and has not answered."""
    return session.scalar(
        select(IntentoDeEnvio.proveedor)
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
    if mensaje.llamado and mensaje.reserva is not None:
        resultado = Resultado(desenlace, detalle="interrumpido")
        _close(session, mensaje, mensaje.reserva, proveedor, resultado)
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


def _window_opens(session: Session, mensaje_id: UUID, ahora: datetime) -> datetime | None:
    """The next opening, when a message that waits may not leave at this hour."""
    espera = select(Mensaje.plantilla, Mensaje.regla, Mensaje.regla_version).where(
        Mensaje.id == mensaje_id, Mensaje.estado == Estado.LISTA, Mensaje.enviar_en <= ahora
    )
    debido = session.execute(espera).first()
    if debido is None or not plantillas(session)[debido.plantilla].respeta_ventana:
        return None
    regla = version_de(session, debido.regla, debido.regla_version)
    ventana = regla.recordatorio.ventana if regla is not None else reglas().ventana
    return None if ventana.abierta(ahora) else ventana.siguiente(ahora)


def _open(session: Session, mensaje: Mensaje, ruta: Ruta) -> Veto | None:
    """Begin an attempt by this way, unless it may not carry the message now."""
    if session.get(PausaDeProveedor, ruta.clave) is not None:
        return Veto(Motivo.PROVEEDOR_EN_PAUSA, real_now() + timedelta(minutes=1))
    if mensaje.codificacion == UCS2 and not ruta.unicode:
        return Veto(Motivo.PROVEEDOR_NO_DISPONIBLE, real_now() + timedelta(minutes=5))
    segmentos = mensaje.segmentos or 0
    intento = IntentoDeEnvio(
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
    if agotado := consumos.tomar(session, intento, ruta.limites, ruta.de_oficina):
        presupuestos.avisar(session, agotado)
        # When the domain's day ends, on the machine's clock.
        manana = real_now() + (consumos.fin_del_dia() - now())
        return Veto(Motivo.PRESUPUESTO_AGOTADO, manana, agotado)
    session.add(intento)
    mensaje.llamar(real_now() + PLAZO_DE_LLAMADA)
    return None


def _close(
    session: Session, mensaje: Mensaje, reserva: UUID, proveedor: str, resultado: Resultado
) -> None:
    intento = session.scalars(
        select(IntentoDeEnvio)
        .where(
            IntentoDeEnvio.mensaje_id == mensaje.id,
            IntentoDeEnvio.reserva == reserva,
            IntentoDeEnvio.proveedor == proveedor,
        )
        .order_by(IntentoDeEnvio.id.desc())
        .limit(1)
    ).one_or_none()
    if intento is None:
        return
    before = intento.desenlace
    # An answer that comes late says more than that nobody knew.
    if before is None or before is Desenlace.INCIERTO:
        intento.desenlace, intento.detalle = resultado.desenlace, resultado.detalle[:80]
        intento.terminado_en = real_now()
    if before is None:
        consumos.asentar(session, intento)


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
