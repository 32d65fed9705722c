"""What can be done with messages: one function a use case, inside the entrance's transaction.

Whoever changes a message locks its row first (PostgreSQL; SQLite's write transaction excludes every
other), so a withdrawal and a sending never write over each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.preguntas import Descarte, Reparto, Reunido
from notificaciones.mensajes.preparacion import redactar
from notificaciones.mensajes.states import EN_ESPERA, Estado, Motivo, Paso
from notificaciones.plantillas.catalogo import Clave, plantillas
from notificaciones.proveedores.resultados import Desenlace, Resultado
from notificaciones.reglas.catalogo import planificar, reglas
from oficina.actor import Actor
from oficina.apartadas import Situacion, apartada, vigente
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.clock import now, real_now
from oficina.db import uuid7
from oficina.events import Clasificacion, Evento

PLAZO_DE_RESERVA = timedelta(seconds=90)
"""A lease outlasts every wait of one sending: two questions and one provider."""

PLAZO_DE_PREGUNTA = timedelta(seconds=30)
"""A planned message that somebody asks about is left alone for so long, even if they vanish."""

INTENTOS_DE_ENVIO = 24

_ACTOR = Actor.sistema("notificaciones")


@dataclass(frozen=True, kw_only=True)
class Cita:
    """What a fact of agenda says of an appointment, and which fact of it that was (or what else
    made it be reminded of anew).
    """

    cita_id: UUID
    persona_id: UUID
    caso_id: UUID | None
    inicia_en: datetime
    secuencia: int | str


def planificar_recordatorios(session: Session, cita: Cita, ahora: datetime) -> list[Mensaje]:
    """Place every reminder of an appointment that is new or has moved; returns what must be asked.

    One that still waits is moved; one that left stays, and another takes its place. One whose
    moment has passed is kept as suppressed, so that the page can say why nobody was reminded; also
    one of somebody whose data are blocked, which is placed anew when they may be used again. Of
    somebody who was erased nothing comes back.
    """
    persona_id = vigente(session, cita.persona_id)
    fila = apartada(session, persona_id)
    if fila is not None and fila.situacion is Situacion.SUPRIMIDA:
        return []
    bloqueada = Motivo.PERSONA_BLOQUEADA if fila is not None else None
    por_preparar: list[Mensaje] = []
    for regla in reglas().de_cita:
        clave = f"{regla.clave}/{cita.cita_id}/{cita.secuencia}"
        if _known(session, clave):
            continue
        plan = planificar(reglas(), regla, cita.inicia_en, ahora)
        omitido = bloqueada or plan.omitido
        anterior = _reminder(session, cita.cita_id, regla.clave)
        inicia_en = cita.inicia_en.isoformat()
        if omitido is None and anterior is not None and anterior.estado in EN_ESPERA:
            anterior.mover(clave, plan.enviar_en, plan.caduca_en, inicia_en=inicia_en)
            por_preparar.append(anterior)
            continue
        if anterior is not None:
            _tell(session, anterior.retirar(Motivo.CITA_REPROGRAMADA))
        mensaje = _new(
            clave,
            Clave.RECORDATORIO_CITA,
            plan.enviar_en,
            regla=regla.clave,
            caduca_en=plan.caduca_en,
            cita_id=cita.cita_id,
            persona_id=persona_id,
            caso_id=cita.caso_id,
            datos={"inicia_en": inicia_en},
        )
        session.add(mensaje)
        if omitido is None:
            por_preparar.append(mensaje)
        else:
            # Never planned, so nobody is told that it was cancelled.
            mensaje.suprimir(omitido)
    return por_preparar


def retirar_recordatorios(session: Session, cita_id: UUID, motivo: Motivo) -> None:
    """Cancel every reminder of an appointment that has not left."""
    retirar_por(session, Mensaje.cita_id == cita_id, motivo)


def retirar_de_persona(session: Session, persona_id: UUID, motivo: Motivo) -> None:
    """Cancel every message to a person that has not left."""
    retirar_por(session, Mensaje.persona_id == persona_id, motivo)


def retirar_por(session: Session, condition: ColumnElement[bool], motivo: Motivo) -> None:
    """Cancel every message that meets a condition and has not left."""
    vivos = [*EN_ESPERA, Estado.RESERVADA]
    for mensaje in session.scalars(
        select(Mensaje)
        .where(condition, Mensaje.estado.in_(vivos))
        .order_by(Mensaje.id)
        .with_for_update()
    ):
        _tell(session, mensaje.retirar(motivo))


def encargar(
    session: Session,
    clave: str,
    plantilla: Clave,
    ahora: datetime,
    *,
    caso_id: UUID | None = None,
    derivacion_id: UUID | None = None,
    caduca_en: datetime | None = None,
    datos: Mapping[str, Any] | None = None,
) -> Mensaje | None:
    """Ask for a message that leaves at once, and not after `caduca_en`; None when the same was
    asked before.
    """
    if _known(session, clave):
        return None
    mensaje = _new(
        clave,
        plantilla,
        ahora,
        caso_id=caso_id,
        derivacion_id=derivacion_id,
        caduca_en=caduca_en,
        datos=dict(datos or {}),
    )
    session.add(mensaje)
    return mensaje


def tomar(session: Session, mensaje_id: UUID) -> Mensaje | None:
    """Take a planned message to ask what it needs; None when it is not its turn.

    Taking it is counted first: one that cannot be asked about backs off, and others have a turn.
    """
    mensaje = _locked(session, mensaje_id)
    if mensaje.estado is not Estado.PROGRAMADA or mensaje.visible > real_now():
        return None
    mensaje.esperar_datos(real_now() + PLAZO_DE_PREGUNTA)
    return mensaje


def preparar(
    session: Session, mensaje_id: UUID, version: int, hallado: Reunido | Descarte
) -> Mensaje | None:
    """Write the message with what its owners answered, unless it changed since it was asked."""
    mensaje = _locked(session, mensaje_id)
    if mensaje.version != version or mensaje.estado is not Estado.PROGRAMADA:
        return None
    if isinstance(hallado, Descarte):
        _discard(session, mensaje, hallado)
        return None
    plantilla = plantillas()[mensaje.plantilla]
    mensaje.plantilla_version = plantilla.version
    mensaje.enlace = hallado.enlace
    texto = redactar(plantilla, hallado)
    _tell(session, mensaje.preparar(hallado.canal, hallado.destino, hallado.idioma, texto))
    return mensaje


def repartir(session: Session, mensaje_id: UUID, version: int, reparto: Reparto) -> list[Mensaje]:
    """Make of a notice one message for each of its readers, each with a fate of its own.

    The notice itself becomes the first one's. Empty when it changed since it was asked about.
    """
    aviso = _locked(session, mensaje_id)
    if aviso.version != version or aviso.estado is not Estado.PROGRAMADA:
        return []
    primero, *demas = reparto.funcionarios
    copias = []
    for funcionario_id in demas:
        copia = _new(
            f"{aviso.clave_de_negocio}/{funcionario_id}",
            aviso.plantilla,
            aviso.enviar_en,
            caduca_en=aviso.caduca_en,
            caso_id=aviso.caso_id,
            derivacion_id=aviso.derivacion_id,
            datos=aviso.datos,
        )
        copia.dirigir(funcionario_id)
        copias.append(copia)
    session.add_all(copias)
    aviso.dirigir(primero)
    return [aviso, *copias]


def esperar_datos(session: Session, mensaje_id: UUID) -> None:
    """An owner did not answer: ask again later and later, at most five minutes apart."""
    mensaje = _locked(session, mensaje_id)
    if mensaje.estado is Estado.PROGRAMADA:
        mensaje.visible = real_now() + timedelta(seconds=min(2**mensaje.intentos, 300))


def vencer(session: Session, mensaje_id: UUID, ahora: datetime) -> None:
    """Give up a message whose moment has passed."""
    mensaje = _locked(session, mensaje_id)
    if mensaje.estado in EN_ESPERA and mensaje.caduca_en and mensaje.caduca_en <= ahora:
        _tell(session, mensaje.vencer())


def reservar(session: Session, mensaje_id: UUID) -> Mensaje | None:
    """Take a due message for sending; None when it is not due, or another worker has it.

    One whose window is closed at this moment waits for the next opening instead.
    """
    ahora, real = now(), real_now()
    if (abre_en := _window_opens(session, mensaje_id, ahora)) is not None:
        _locked(session, mensaje_id).posponer(abre_en)
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
    mensaje = _locked(session, mensaje_id)
    mensaje.anotar(Paso.RESERVAR)
    return mensaje


def autorizar_llamada(
    session: Session, mensaje_id: UUID, reserva: UUID, hallado: Reunido | Descarte | None
) -> Mensaje | None:
    """The last look before the provider is called; None when it must not be.

    `hallado` is what the owners answer today; None when it leaves as it is written. From this
    commit on a crash leaves a doubt about the message.
    """
    mensaje = _locked(session, mensaje_id)
    if mensaje.reserva != reserva:
        return None
    if mensaje.retirado_por is not None:
        _tell(session, mensaje.cancelar(mensaje.retirado_por))
        return None
    if isinstance(hallado, Descarte):
        _discard(session, mensaje, hallado)
        return None
    if hallado is not None:
        texto = redactar(plantillas()[mensaje.plantilla], hallado)
        mensaje.escribir(hallado.canal, hallado.destino, hallado.idioma, texto)
    mensaje.llamado = True
    return mensaje


def asentar(
    session: Session, mensaje_id: UUID, reserva: UUID, proveedor: str, resultado: Resultado
) -> bool:
    """Write down how the provider's call ended; False when somebody else decided meanwhile.

    An answer that comes after the lease still settles a message in doubt.
    """
    mensaje = _locked(session, mensaje_id)
    if mensaje.reserva != reserva and mensaje.estado is not Estado.INCIERTA:
        return False
    match resultado.desenlace:
        case Desenlace.ENTREGADO:
            _deliver(session, mensaje, proveedor, resultado)
        case Desenlace.DEFINITIVO:
            _tell(session, mensaje.fallar(Motivo.PROVEEDOR_RECHAZA))
        case _ if mensaje.estado is Estado.INCIERTA:
            return False
        case Desenlace.INCIERTO:
            _doubt(session, mensaje)
        case Desenlace.TRANSITORIO:
            _again(session, mensaje, Motivo.PROVEEDOR_NO_DISPONIBLE)
    return True


def devolver(session: Session, mensaje_id: UUID, reserva: UUID) -> None:
    """An owner did not answer when asked again: free the message for a later try."""
    mensaje = _locked(session, mensaje_id)
    if mensaje.reserva == reserva:
        _again(session, mensaje, Motivo.DATOS_NO_DISPONIBLES)


def recuperar(session: Session, mensaje_id: UUID, proveedor: str, *, recibido: bool | None) -> None:
    """Settle a message whose worker vanished.

    `recibido` is what the provider says of it: yes, no, or None when it cannot tell. Before the
    provider was called there is no doubt.
    """
    mensaje = _locked(session, mensaje_id)
    if not (mensaje.reservada_hasta and mensaje.reservada_hasta <= real_now()):
        return
    if mensaje.llamado and recibido:
        resultado = Resultado(Desenlace.ENTREGADO, str(mensaje.id))
        _deliver(session, mensaje, proveedor, resultado)
    elif mensaje.llamado and recibido is None:
        _doubt(session, mensaje)
    else:
        _tell(session, mensaje.devolver(Motivo.ENVIO_INTERRUMPIDO, real_now()))


def _window_opens(session: Session, mensaje_id: UUID, ahora: datetime) -> datetime | None:
    """The next opening, when a message that waits may not leave at this hour."""
    ventana = reglas().ventana
    espera = select(Mensaje.plantilla).where(
        Mensaje.id == mensaje_id, Mensaje.estado == Estado.LISTA, Mensaje.enviar_en <= ahora
    )
    plantilla = session.scalar(espera)
    if plantilla is None or not plantillas()[plantilla].respeta_ventana:
        return None
    return None if ventana.abierta(ahora) else ventana.siguiente(ahora)


def _new(clave: str, plantilla: Clave, enviar_en: datetime, **rest: Any) -> Mensaje:
    return Mensaje(
        id=uuid7(),
        clave_de_negocio=clave,
        plantilla=plantilla,
        enviar_en=enviar_en,
        estado=Estado.PROGRAMADA,
        creado_en=now(),
        **rest,
    )


def _known(session: Session, clave: str) -> bool:
    query = select(Mensaje.id).where(Mensaje.clave_de_negocio == clave)
    return session.scalar(query) is not None


def _reminder(session: Session, cita_id: UUID, regla: str) -> Mensaje | None:
    return session.scalars(
        select(Mensaje)
        .where(
            Mensaje.cita_id == cita_id,
            Mensaje.regla == regla,
            Mensaje.estado.in_([*EN_ESPERA, Estado.RESERVADA]),
            Mensaje.retirado_por.is_(None),
        )
        .with_for_update()
    ).one_or_none()


def _locked(session: Session, mensaje_id: UUID) -> Mensaje:
    return session.scalars(
        select(Mensaje)
        .where(Mensaje.id == mensaje_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _discard(session: Session, mensaje: Mensaje, descarte: Descarte) -> None:
    step = mensaje.cancelar if descarte.paso is Paso.CANCELAR else mensaje.suprimir
    _tell(session, step(descarte.motivo))


def _deliver(session: Session, mensaje: Mensaje, proveedor: str, resultado: Resultado) -> None:
    _tell(session, mensaje.entregar(proveedor, resultado.referencia))
    registrar(session, _ACTOR, "notificaciones.mensaje.entregar", "mensaje", mensaje.id)


def _doubt(session: Session, mensaje: Mensaje) -> None:
    if plantillas()[mensaje.plantilla].no_duplicar:
        _tell(session, mensaje.dudar(Motivo.PROVEEDOR_SIN_RESPUESTA))
    else:
        _again(session, mensaje, Motivo.PROVEEDOR_SIN_RESPUESTA)


def _again(session: Session, mensaje: Mensaje, motivo: Motivo) -> None:
    if mensaje.intentos >= INTENTOS_DE_ENVIO:
        _tell(session, mensaje.fallar(motivo))
        return
    pausa = timedelta(seconds=min(10 * 2**mensaje.intentos, 3600))
    _tell(session, mensaje.devolver(motivo, real_now() + pausa))


def _tell(session: Session, hecho: Evento | None) -> None:
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
