"""The link by which an institution without an account sees a derivation and answers it.

The token has 256 random bits and opens one derivation; only its hash is kept. It expires on the
machine's clock. Opening a link changes nothing of the derivation: mail scanners open links.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import SIN_LIMITE, Alcance, usable
from casos.consentimientos.models import BaseLicitud
from casos.consentimientos.queries import vale
from casos.derivaciones.actions import responder
from casos.derivaciones.facts import contar_enlace
from casos.derivaciones.models import Derivacion, Enlace, RespuestaDerivacion
from casos.derivaciones.paquete import Paquete
from casos.derivaciones.queries import (
    con_respuestas,
    derivacion_por_id,
    plazos_de_la_institucion,
)
from casos.derivaciones.relevo import puede_volver
from casos.derivaciones.respuestas import DE_LA_INSTITUCION, Respuesta
from casos.derivaciones.states import (
    ACCIONES_DE_INSTITUCION,
    ADOPTABLES,
    PASOS,
    Accion,
    Estado,
)
from casos.plazos.models import Plazo
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.calendar_cl import fin_de_plazo
from oficina.clock import now, real_now
from oficina.errors import Conflicto, DomainError, NoEncontrado, TransicionInvalida

DIAS_HABILES = 15
"""How long a link opens: long enough for the slowest deadline to accept, plus a week."""

RUTA = "/casos/enlace/"

# Who has nothing left to do with the person sees no data of them.
SIN_DATOS = frozenset(
    {Estado.BORRADOR, Estado.RECHAZADA, Estado.NO_LOGRADA, Estado.VERIFICADA, Estado.ANULADA}
)


class EnlaceVencido(DomainError):
    """The link was good once; the office sends another one to who asks for it (`pedir_otro`)."""

    status = 410
    title = "Este enlace ya venció"


@dataclass(frozen=True)
class EnlaceNuevo:
    """A link that was just made; the only time that its address is known.

    Without an address to send it to, no link is made.
    """

    derivacion: Derivacion
    url: str | None = None
    vence_en: datetime | None = None


@dataclass(frozen=True)
class VistaEnlace:
    """What a link shows; no package once the institution has nothing left to do."""

    folio: str
    estado: Estado
    institucion: str
    servicio: str
    base_licitud: BaseLicitud
    paquete: Paquete | None
    acciones: list[Accion]
    respuestas: list[RespuestaDerivacion]
    plazos: Sequence[Plazo]
    """The clocks that run until the institution does something, the nearest first."""


def crear(session: Session, derivacion_id: UUID, base_url: str, actor: Actor) -> EnlaceNuevo:
    """Make a fresh link for a derivation that was sent; older ones stay good until they expire.

    Raises NoEncontrado, TransicionInvalida when the institution has nothing to see or to answer,
    Conflicto when the consent on which it rests holds no longer.
    """
    derivacion = derivacion_por_id(session, derivacion_id, Alcance.de(actor))
    if derivacion.estado in SIN_DATOS:
        raise TransicionInvalida(derivacion.estado, PASOS[derivacion.estado])
    if not vale(session, derivacion.consentimiento_id, now()):
        raise Conflicto(_("El consentimiento de la persona ya no vale: pídalo de nuevo."))
    if not usable(session, derivacion.caso_id):
        raise Conflicto(_("Los datos de la persona no se pueden usar."))
    if not derivacion.institucion.correo:
        registrar(session, actor, "casos.derivacion.ver", "derivacion", derivacion.id)
        return EnlaceNuevo(derivacion)
    token = secrets.token_urlsafe(32)
    ahora = real_now()
    enlace = Enlace(
        derivacion_id=derivacion.id,
        token_hash=_hash(token),
        creado_en=ahora,
        vence_en=fin_de_plazo(ahora, dias_habiles=DIAS_HABILES),
        aperturas=0,
    )
    session.add(enlace)
    session.flush()
    registrar(session, actor, "casos.enlace.crear", "enlace", enlace.id)
    return EnlaceNuevo(derivacion, f"{base_url}{RUTA}{token}", enlace.vence_en)


def pedir_otro(session: Session, derivacion_id: UUID, actor: Actor, ahora: datetime) -> None:
    """Have another link sent to the institution; it is made when its message is written.

    Raises NoEncontrado, TransicionInvalida when the institution has nothing left to answer,
    Conflicto when the network's directory has no e-mail of it.
    """
    alcance = Alcance.de(actor)
    derivacion_por_id(session, derivacion_id, alcance, bloquear=True)
    derivacion = con_respuestas(session, derivacion_id, alcance)
    if not espera_respuesta(session, derivacion):
        raise TransicionInvalida(derivacion.estado, PASOS[derivacion.estado])
    if not derivacion.institucion.correo:
        raise Conflicto(_("La institución no tiene correo en el directorio de la red."))
    registrar(session, actor, "casos.enlace.pedir", "derivacion", derivacion.id)
    contar_enlace(session, derivacion, actor, ahora)


def abrir(session: Session, token: str) -> Derivacion:
    """Count and audit an opening; the derivation with its answers stays as it is.

    Raises NoEncontrado for a token that nobody gave out, EnlaceVencido for an old one.
    """
    enlace = _vigente(session, token)
    derivacion = con_respuestas(session, enlace.derivacion_id, SIN_LIMITE)
    enlace.aperturas += 1
    enlace.abierto_en = real_now()
    registrar(session, _quien(derivacion), "casos.enlace.abrir", "enlace", enlace.id)
    return derivacion


def leer(session: Session, token: str) -> Derivacion:
    """Audit that who is already there reads on; no opening is counted.

    Raises what `abrir` raises.
    """
    enlace = _vigente(session, token)
    derivacion = con_respuestas(session, enlace.derivacion_id, SIN_LIMITE)
    registrar(session, _quien(derivacion), "casos.enlace.leer", "enlace", enlace.id)
    return derivacion


def responder_por_enlace(
    session: Session, token: str, respuesta: Respuesta, ahora: datetime
) -> RespuestaDerivacion:
    """Take the institution's own answer (grade A).

    Raises what `abrir` and `actions.responder` raise.
    """
    enlace = _vigente(session, token)
    if respuesta.accion not in ACCIONES_DE_INSTITUCION:
        raise NoEncontrado
    derivacion = derivacion_por_id(session, enlace.derivacion_id, SIN_LIMITE)
    return responder(
        session,
        derivacion.id,
        respuesta,
        _quien(derivacion),
        ahora,
        procedencia=DE_LA_INSTITUCION,
        alcance=SIN_LIMITE,
    )


def acciones(derivacion: Derivacion) -> list[Accion]:
    """What the institution can answer now. The answers must be loaded."""
    if derivacion.estado is Estado.VENCIDA:
        dadas = {r.accion for r in derivacion.respuestas if r.tardia}
        return [accion for accion in ADOPTABLES if accion not in dadas]
    return [a for a in PASOS[derivacion.estado] if a in ACCIONES_DE_INSTITUCION]


def espera_respuesta(session: Session, derivacion: Derivacion) -> bool:
    """Whether the institution can still answer something. The answers must be loaded."""
    return not _terminada(session, derivacion) and bool(acciones(derivacion))


def vista(session: Session, derivacion: Derivacion) -> VistaEnlace:
    """What the institution is shown: what was confirmed. Service, institution and answers must be
    loaded. Raises Conflicto when it is not the same any more.
    """
    terminada = _terminada(session, derivacion)
    paquete = derivacion.lo_confirmado()
    return VistaEnlace(
        folio=derivacion.folio,
        estado=derivacion.estado,
        institucion=paquete.institucion or derivacion.institucion.nombre,
        servicio=paquete.servicio or derivacion.servicio.nombre,
        base_licitud=derivacion.base_licitud,
        paquete=None if terminada else paquete,
        acciones=[] if terminada else acciones(derivacion),
        respuestas=list(derivacion.respuestas),
        plazos=() if terminada else plazos_de_la_institucion(session, derivacion.id),
    )


def _terminada(session: Session, derivacion: Derivacion) -> bool:
    return (
        derivacion.estado in SIN_DATOS
        or not puede_volver(session, derivacion)
        or not vale(session, derivacion.consentimiento_id, now())
        or not usable(session, derivacion.caso_id)
    )


def _vigente(session: Session, token: str) -> Enlace:
    enlace = session.scalar(select(Enlace).where(Enlace.token_hash == _hash(token)))
    if enlace is None:
        raise NoEncontrado
    if enlace.vence_en <= real_now():
        raise EnlaceVencido
    return enlace


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _quien(derivacion: Derivacion) -> Actor:
    institucion = derivacion.institucion
    return Actor(
        id=institucion.id,
        nombre=institucion.rotulo,
        roles=frozenset(),
        unidad=institucion.sigla,
        tipo="cliente",
    )
