"""What is done with an answer: once, by exact words, or left in the tray.

An answer acts on the appointment whose reminder was last sent to the address whence it came, or on
the derivation about which that address was last asked, and only while nobody can doubt which it is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from notificaciones import direcciones
from notificaciones.bajas.actions import NuevaBaja, dar_de_alta, dar_de_baja
from notificaciones.bajas.states import Origen
from notificaciones.entrantes.models import Respuesta
from notificaciones.entrantes.palabras import Entendida, entender, palabras
from notificaciones.entrantes.states import SOLAS, Efecto, Estado, Intencion
from notificaciones.mensajes.actions import encargar
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado as EstadoDeMensaje
from notificaciones.plantillas.catalogo import Clave, base, idioma_de
from oficina.actor import Actor
from oficina.apartadas import apartada
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.clock import now
from oficina.db import hold, uuid7
from oficina.events import Clasificacion
from oficina.events.notificaciones import DerivacionContestada, RespuestaRecibida
from oficina.jobs import nudge_after_commit

_ACTOR = Actor.sistema("notificaciones")
# Not sent late: who asked for help yesterday has called meanwhile.
_SIRVE = timedelta(hours=12)
# What an answer is kept of: longer ones are no answer to a reminder.
LARGO = 2000

_CONTESTAN = {
    Intencion.AYUDA: Clave.RESPUESTA_AYUDA,
    Intencion.BAJA: Clave.RESPUESTA_BAJA,
    Intencion.ALTA: Clave.RESPUESTA_ALTA,
}
_DE_DERIVACION = {
    Intencion.SI: Efecto.DERIVACION_CONFIRMADA,
    Intencion.NO: Efecto.DERIVACION_DISPUTADA,
}
_DE_CITA = {
    Intencion.SI: (Efecto.CITA_CONFIRMADA, "confirma"),
    Intencion.NO: (Efecto.CITA_RECHAZADA, "no_viene"),
}


@dataclass(frozen=True, kw_only=True)
class Entrante:
    """A text as a provider hands it over. `referencia` is the provider's own name for it."""

    proveedor: str
    de: str
    texto: str
    referencia: str
    recibido_en: datetime


def recibir(session: Session, entrante: Entrante) -> Respuesta:
    """Take in an answer and do what it says; the same one again changes nothing."""
    huella = _fingerprint(entrante)
    de = direcciones.normal(entrante.de)
    indice = direcciones.indice(de)
    hold(session, f"notificaciones/respuesta/{indice}")
    conocida = session.scalars(select(Respuesta).where(Respuesta.huella == huella)).one_or_none()
    if conocida is not None:
        registrar(
            session,
            _ACTOR,
            "notificaciones.respuesta.recibir",
            "respuesta",
            conocida.id,
            motivo_codigo="repetida",
        )
        return conocida
    enviados = _sent_to(session, indice)
    ultimo = enviados[0] if enviados else None
    entendida = entender(entrante.texto)
    respuesta = Respuesta(
        id=uuid7(),
        huella=huella,
        proveedor=entrante.proveedor,
        canal=direcciones.canal_de(de),
        de=de,
        de_indice=indice,
        texto=entrante.texto[:LARGO],
        idioma=_language(entendida, ultimo),
        intencion=entendida.intencion if entendida else None,
        efecto=Efecto.NO_ENTENDIDA,
        contestada=False,
        mensaje_id=ultimo.id if ultimo else None,
        persona_id=ultimo.persona_id if ultimo else None,
        caso_id=ultimo.caso_id if ultimo else None,
        estado=Estado.PENDIENTE,
        recibida_en=entrante.recibido_en,
        creada_en=now(),
    )
    session.add(respuesta)
    _act(session, respuesta, enviados)
    if respuesta.efecto in SOLAS:
        respuesta.estado = Estado.RESUELTA
    registrar(
        session,
        _ACTOR,
        "notificaciones.respuesta.recibir",
        "respuesta",
        respuesta.id,
        motivo_codigo=respuesta.efecto.value,
    )
    return respuesta


def atender(session: Session, respuesta: Respuesta, actor: Actor) -> None:
    """Mark that somebody did what an answer asks for."""
    respuesta.atender(actor.id, now())
    registrar(session, actor, "notificaciones.respuesta.atender", "respuesta", respuesta.id)


def _act(session: Session, respuesta: Respuesta, enviados: Sequence[Mensaje]) -> None:
    match respuesta.intencion:
        case Intencion.SI | Intencion.NO:
            _about_question(session, respuesta, enviados)
        case Intencion.BAJA:
            respuesta.efecto = Efecto.DE_BAJA
            nueva = NuevaBaja(direccion=respuesta.de or "")
            dar_de_baja(session, nueva, Origen.PALABRA, _ACTOR)
            _answer(session, respuesta)
        case Intencion.ALTA:
            respuesta.efecto = Efecto.DE_ALTA
            dar_de_alta(session, respuesta.de or "", _ACTOR)
            _answer(session, respuesta)
        case Intencion.AYUDA:
            respuesta.efecto = Efecto.AYUDA
            _answer(session, respuesta)


def _about_question(session: Session, respuesta: Respuesta, enviados: Sequence[Mensaje]) -> None:
    pregunta = _question(session, enviados)
    if not isinstance(pregunta, Mensaje):
        respuesta.efecto = pregunta
        return
    respuesta.mensaje_id, respuesta.cita_id = pregunta.id, pregunta.cita_id
    respuesta.persona_id, respuesta.caso_id = pregunta.persona_id, pregunta.caso_id
    if pregunta.persona_id and apartada(session, pregunta.persona_id) is not None:
        respuesta.efecto = Efecto.PERSONA_BLOQUEADA
        return
    intencion = respuesta.intencion or Intencion.NO
    hecho: RespuestaRecibida | DerivacionContestada
    if pregunta.derivacion_id is not None:
        respuesta.efecto = _DE_DERIVACION[intencion]
        hecho = respuesta.de_derivacion(pregunta.derivacion_id, intencion.value)
    else:
        respuesta.efecto, dicho = _DE_CITA[intencion]
        hecho = respuesta.contada(_begins(pregunta), dicho)
    emitir(
        session,
        hecho,
        clasificacion=Clasificacion.RESERVADO if hecho.caso_id else Clasificacion.INTERNO,
    )


def _question(session: Session, enviados: Sequence[Mensaje]) -> Mensaje | Efecto:
    """What is answered: the last reminder of an appointment still to come, or the last question
    about a derivation to which nobody has said anything.

    Nobody can tell when another person, or another thing within hours, was asked about there.
    """
    ahora = now()
    contestadas = _answered(session, enviados)
    desde = ahora - timedelta(days=palabras().dias_de_pregunta)
    vigentes = [
        uno
        for uno in enviados
        if uno.entregado_en
        if (uno.regla is not None and _begins(uno) > ahora)
        or (
            uno.plantilla == Clave.CONFIRMAR_DERIVACION
            and uno.entregado_en > desde
            and uno.id not in contestadas
        )
    ]
    if not vigentes:
        return Efecto.SIN_CITA
    ultimo = vigentes[0]
    cerca = timedelta(hours=palabras().horas_para_distinguir)
    for otro in vigentes[1:]:
        if otro.persona_id != ultimo.persona_id:
            return Efecto.VARIAS_CITAS
        if _about(otro) != _about(ultimo) and _left(ultimo) - _left(otro) < cerca:
            return Efecto.VARIAS_CITAS
    return ultimo


def _answered(session: Session, enviados: Sequence[Mensaje]) -> frozenset[UUID]:
    """The questions about a derivation to which somebody said yes or no."""
    preguntas = [uno.id for uno in enviados if uno.plantilla == Clave.CONFIRMAR_DERIVACION]
    if not preguntas:
        return frozenset()
    return frozenset(
        una
        for una in session.scalars(
            select(Respuesta.mensaje_id).where(
                Respuesta.mensaje_id.in_(preguntas),
                Respuesta.efecto.in_(_DE_DERIVACION.values()),
            )
        )
        if una is not None
    )


def _about(pregunta: Mensaje) -> UUID | None:
    return pregunta.cita_id or pregunta.derivacion_id


def _answer(session: Session, respuesta: Respuesta) -> None:
    """Write back, unless it is nobody's address or it got enough answers today."""
    if respuesta.intencion is None or not direcciones.es_de_alguien(respuesta.de or ""):
        return
    desde = now() - timedelta(days=1)
    ya = session.scalar(
        select(func.count())
        .select_from(Respuesta)
        .where(
            Respuesta.de_indice == respuesta.de_indice,
            Respuesta.contestada,
            Respuesta.creada_en > desde,
        )
    )
    if (ya or 0) >= palabras().respuestas_por_dia:
        return
    respuesta.contestada = True
    plantilla = _CONTESTAN[respuesta.intencion]
    mensaje = encargar(
        session,
        f"{plantilla}/{respuesta.id}",
        plantilla,
        now(),
        persona_id=respuesta.persona_id,
        caso_id=respuesta.caso_id,
        caduca_en=now() + _SIRVE,
        datos={"respuesta_id": str(respuesta.id)},
    )
    if mensaje is not None:
        nudge_after_commit(session, "notificaciones.preparar", str(mensaje.id))


def _sent_to(session: Session, indice: str) -> Sequence[Mensaje]:
    """What left for an address, the last one first; not what the office answered by itself."""
    return session.scalars(
        select(Mensaje)
        .where(
            Mensaje.destino_indice == indice,
            Mensaje.estado.in_((EstadoDeMensaje.ENTREGADA, EstadoDeMensaje.CONFIRMADA)),
            Mensaje.plantilla.not_in(_CONTESTAN.values()),
        )
        .order_by(Mensaje.entregado_en.desc(), Mensaje.id.desc())
        .limit(50)
    ).all()


def _language(entendida: Entendida | None, ultimo: Mensaje | None) -> str:
    """The language to answer in: the person's, as they were written to; else that of the words."""
    if ultimo and ultimo.idioma_pedido:
        return idioma_de(ultimo.idioma_pedido)
    if entendida is None or base() in entendida.idiomas:
        return base()
    return min(entendida.idiomas)


def _begins(recordatorio: Mensaje) -> datetime:
    return datetime.fromisoformat(recordatorio.datos["inicia_en"])


def _left(recordatorio: Mensaje) -> datetime:
    if recordatorio.entregado_en is None:
        raise AssertionError("what was delivered has its moment")
    return recordatorio.entregado_en


def _fingerprint(entrante: Entrante) -> str:
    """By the provider's reference; by all that came where there is none."""
    partes = [entrante.proveedor, entrante.referencia]
    if not entrante.referencia:
        partes += [entrante.de, entrante.texto, entrante.recibido_en.isoformat()]
    return hashlib.sha256("\x1f".join(partes).encode()).hexdigest()
