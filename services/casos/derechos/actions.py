"""What can be done with a request about somebody's data. One function, one transaction.

A request is locked before its clock. Facts go to the reserved exchange, ids alone.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.alcance import Alcance, exigir_no_unida
from casos.atenciones.models import Canal
from casos.bloqueos.actions import bloquear, exigir_sin_bloqueo, resolver
from casos.bloqueos.models import Bloqueo, Causa
from casos.consentimientos.models import Otorgante
from casos.derechos.catalogo import BloqueoMientras, catalogo
from casos.derechos.models import PasoDeSolicitud, SolicitudDerecho
from casos.derechos.queries import solicitud_por_id
from casos.derechos.states import EN_MANOS, Accion, Derecho, Entrega, Estado, Identidad
from casos.folios import siguiente_folio
from casos.personas.queries import persona_por_id
from casos.plazos import actions as plazos
from casos.supresion.actions import retirar_propuesta
from casos.supresion.queries import exigir_terminada
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto, DatosInvalidos
from oficina.events import Clasificacion
from oficina.events.casos import SolicitudDerechoRecibida, SolicitudDerechoRespondida

PRIORIDAD = "normal"
"""The law knows one term: no request is more urgent than another."""


@dataclass(frozen=True, kw_only=True)
class NuevaSolicitud:
    """What was asked, by whom, and how it was seen that they may ask."""

    derecho: Derecho
    canal: Canal
    identidad: Identidad
    pedida_por: Otorgante = Otorgante.PERSONA
    representante: str | None = None
    detalle: str | None = None


@dataclass(frozen=True, kw_only=True)
class Prorroga:
    """Why more time is needed."""

    motivo: str


@dataclass(frozen=True, kw_only=True)
class Respuesta:
    """What was answered, and how it reached the person. With `codigo`, why the law refuses."""

    texto: str
    entrega: Entrega
    codigo: str | None = None


def registrar(
    session: Session, persona_id: UUID, datos: NuevaSolicitud, actor: Actor, ahora: datetime
) -> SolicitudDerecho:
    """Receive a request: its clock starts, and the delegate is told. Raises NoEncontrado."""
    persona_por_id(session, persona_id, Alcance.de(actor))
    exigir_no_unida(session, persona_id)
    solicitud = SolicitudDerecho(
        folio=siguiente_folio(session, "SD", clock.local(ahora).year),
        persona_id=persona_id,
        derecho=datos.derecho,
        estado=Estado.RECIBIDA,
        canal=datos.canal,
        pedida_por=datos.pedida_por,
        representante=datos.representante,
        identidad=datos.identidad,
        detalle=datos.detalle,
        recibida_en=ahora,
        recibida_por_id=actor.id,
        recibida_por=actor.nombre,
        catalogo_version=catalogo().version,
    )
    session.add(solicitud)
    session.flush()
    _anotar(session, solicitud, None, actor, ahora)
    plazo = plazos.iniciar(
        session, None, _reloj(solicitud), PRIORIDAD, ahora, solicitud_id=solicitud.id
    )
    auditar(session, actor, "casos.derecho.registrar", "solicitud", solicitud.id)
    emitir(
        session,
        SolicitudDerechoRecibida(
            solicitud_id=solicitud.id, derecho=solicitud.derecho.value, vence_en=plazo.vence_en
        ),
        clasificacion=Clasificacion.RESERVADO,
    )
    return solicitud


def tramitar(
    session: Session, solicitud_id: UUID, actor: Actor, ahora: datetime
) -> SolicitudDerecho:
    """Take a request. Raises NoEncontrado, TransicionInvalida."""
    solicitud = solicitud_por_id(session, solicitud_id, bloquear=True)
    solicitud.tramitar(actor)
    _asentar(session, solicitud, Accion.TRAMITAR, actor, ahora)
    if catalogo().bloqueo_mientras.get(solicitud.derecho) is BloqueoMientras.AL_TRAMITAR:
        _bloquear(session, solicitud, Causa.MIENTRAS_SE_RESUELVE, actor, ahora)
    return solicitud


def bloquear_mientras(
    session: Session, solicitud_id: UUID, actor: Actor, ahora: datetime
) -> Bloqueo:
    """Block the person's data until their request is resolved, because they ask for it.

    Raises NoEncontrado, Conflicto when the law knows no such block for this right, nobody has
    taken the request or it was answered, and when the data are blocked already.
    """
    solicitud = solicitud_por_id(session, solicitud_id, bloquear=True)
    if solicitud.derecho not in catalogo().bloqueo_mientras:
        raise Conflicto(_("Este derecho no contempla bloquear los datos mientras se resuelve."))
    if solicitud.estado not in EN_MANOS:
        raise Conflicto(_("Los datos se bloquean mientras la solicitud está en trámite."))
    exigir_sin_bloqueo(session, solicitud.persona_id)
    return _bloquear(session, solicitud, Causa.MIENTRAS_SE_RESUELVE, actor, ahora)


def prorrogar(
    session: Session, solicitud_id: UUID, pedido: Prorroga, actor: Actor, ahora: datetime
) -> SolicitudDerecho:
    """Extend the term, once, before it ends. Raises NoEncontrado, TransicionInvalida, Conflicto."""
    solicitud = solicitud_por_id(session, solicitud_id, bloquear=True)
    solicitud.prorrogar()
    plazos.prorrogar(session, solicitud.id, _reloj(solicitud), ahora)
    _asentar(session, solicitud, Accion.PRORROGAR, actor, ahora, texto=pedido.motivo)
    return solicitud


def responder(
    session: Session, solicitud_id: UUID, respuesta: Respuesta, actor: Actor, ahora: datetime
) -> SolicitudDerecho:
    """Answer that it was done. To accept that data be blocked blocks them.

    Raises NoEncontrado, TransicionInvalida, Conflicto while an erasure is not done everywhere.
    """
    solicitud = solicitud_por_id(session, solicitud_id, bloquear=True)
    solicitud.responder(respuesta.texto, respuesta.entrega, catalogo().version, ahora)
    if solicitud.derecho is Derecho.SUPRESION:
        exigir_terminada(session, solicitud.id)
    if solicitud.derecho is Derecho.BLOQUEO:
        _bloquear(session, solicitud, Causa.SOLICITUD, actor, ahora)
    _cerrar(session, solicitud, Accion.RESPONDER, respuesta, actor, ahora)
    return solicitud


def rechazar(
    session: Session, solicitud_id: UUID, respuesta: Respuesta, actor: Actor, ahora: datetime
) -> SolicitudDerecho:
    """Refuse, for a reason of the law.

    Raises NoEncontrado, TransicionInvalida, DatosInvalidos for a reason that is not this right's,
    Conflicto once what was asked for was erased.
    """
    solicitud = solicitud_por_id(session, solicitud_id, bloquear=True)
    codigo = respuesta.codigo or ""
    if codigo not in catalogo().rechazos_de(solicitud.derecho):
        raise DatosInvalidos({"codigo": [_("Ese motivo no es de este derecho.")]})
    if solicitud.derecho is Derecho.SUPRESION:
        retirar_propuesta(session, solicitud.id, actor, ahora)
    solicitud.rechazar(codigo, respuesta.texto, respuesta.entrega, catalogo().version, ahora)
    _cerrar(session, solicitud, Accion.RECHAZAR, respuesta, actor, ahora)
    return solicitud


def _cerrar(  # noqa: PLR0917  the end of a request has as many parts
    session: Session,
    solicitud: SolicitudDerecho,
    accion: Accion,
    respuesta: Respuesta,
    actor: Actor,
    ahora: datetime,
) -> None:
    plazos.cumplir(session, None, _reloj(solicitud), ahora, solicitud_id=solicitud.id)
    resolver(session, solicitud.id, solicitud.persona_id, actor, ahora)
    _asentar(session, solicitud, accion, actor, ahora, texto=respuesta.texto)
    emitir(
        session,
        SolicitudDerechoRespondida(
            solicitud_id=solicitud.id,
            derecho=solicitud.derecho.value,
            resultado_codigo=solicitud.estado.value,
        ),
        clasificacion=Clasificacion.RESERVADO,
    )


def _bloquear(
    session: Session, solicitud: SolicitudDerecho, causa: Causa, actor: Actor, ahora: datetime
) -> Bloqueo:
    return bloquear(session, solicitud.persona_id, solicitud.id, causa, actor, ahora)


def _reloj(solicitud: SolicitudDerecho) -> str:
    return catalogo().relojes[solicitud.derecho]


def _asentar(
    session: Session,
    solicitud: SolicitudDerecho,
    accion: Accion,
    actor: Actor,
    ahora: datetime,
    *,
    texto: str | None = None,
) -> None:
    _anotar(session, solicitud, accion, actor, ahora, texto=texto)
    auditar(session, actor, f"casos.derecho.{accion}", "solicitud", solicitud.id)
    session.flush()


def _anotar(
    session: Session,
    solicitud: SolicitudDerecho,
    accion: Accion | None,
    actor: Actor,
    ahora: datetime,
    *,
    texto: str | None = None,
) -> None:
    session.add(
        PasoDeSolicitud(
            solicitud_id=solicitud.id,
            accion=accion,
            estado=solicitud.estado,
            texto=texto,
            quien=actor.nombre,
            ocurrido_en=ahora,
        )
    )
