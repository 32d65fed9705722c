"""The link by which an institution without an account sees a derivation and answers it.

The token has 256 random bits and opens one derivation; only its hash is kept. It expires on the
machine's clock. Opening a link changes nothing of the derivation: mail scanners open links.
"""

import hashlib
import hmac
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
from casos.derivaciones.actions import responder
from casos.derivaciones.facts import contar_enlace
from casos.derivaciones.models import Derivacion, Enlace, RespuestaDerivacion
from casos.derivaciones.paquete import Paquete
from casos.derivaciones.queries import (
    con_respuestas,
    derivacion_por_id,
    plazos_de_la_institucion,
    rige,
)
from casos.derivaciones.relevo import puede_volver
from casos.derivaciones.respuestas import DE_LA_INSTITUCION, Respuesta
from casos.derivaciones.states import (
    ACCIONES_DE_INSTITUCION,
    ADOPTABLES,
    Accion,
    Estado,
)
from casos.plazos.models import Plazo
from casos.red.models import ServicioRed
from casos.red.quien import actor_de
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.calendar_cl import fin_de_plazo
from oficina.clock import now, real_now
from oficina.errors import Conflicto, DomainError, NoEncontrado, TransicionInvalida
from oficina.privacy import blind_index
from oficina.texts import N_

DIAS_HABILES = 15
"""How long a link opens: long enough for the slowest deadline to accept, plus a week."""

SEMANA = 5
"""What is added to what a service promised when that is slower."""

CLAVES = 5
"""How many wrong keys a printed link takes before it opens no more."""

RUTA = "/casos/enlace/"

# Who has nothing left to do with the person sees no data of them.
SIN_DATOS = frozenset(
    {Estado.BORRADOR, Estado.RECHAZADA, Estado.NO_LOGRADA, Estado.VERIFICADA, Estado.ANULADA}
)


class EnlaceVencido(DomainError):
    """The link was good once; the office sends another one to who asks for it (`pedir_otro`)."""

    status = 410
    title = N_("Este enlace ya venció")


class ClaveNecesaria(DomainError):
    """The link was printed: it opens with the key that came by another way."""

    status = 403
    title = N_("Este enlace se abre con la clave que recibió por separado")


@dataclass(frozen=True)
class EnlaceConClave:
    """A link to be printed, and its key: the only time that both are known."""

    url: str
    clave: str
    vence_en: datetime


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


def dura(servicio: ServicioRed) -> int:
    """How many working days a link to a derivation to a service opens."""
    return max(DIAS_HABILES, (servicio.plazo_dias or 0) + SEMANA)


def crear(session: Session, derivacion_id: UUID, base_url: str, actor: Actor) -> EnlaceNuevo:
    """Make a fresh link for a derivation that was sent; older ones stay good until they expire.

    Raises NoEncontrado, TransicionInvalida when the institution has nothing to see or to answer,
    Conflicto when the consent on which it rests holds no longer.
    """
    derivacion = derivacion_por_id(session, derivacion_id, Alcance.de(actor))
    _exigir_mostrable(session, derivacion)
    if not derivacion.institucion.correo:
        registrar(session, actor, "casos.derivacion.ver", "derivacion", derivacion.id)
        return EnlaceNuevo(derivacion)
    token, enlace = _nuevo(session, derivacion, actor)
    return EnlaceNuevo(derivacion, f"{base_url}{RUTA}{token}", enlace.vence_en)


def crear_con_clave(
    session: Session, derivacion: Derivacion, base_url: str, actor: Actor
) -> EnlaceConClave:
    """Make the link of a letter; that of an earlier print expires. Raises what `crear` raises."""
    _exigir_mostrable(session, derivacion)
    anteriores = session.scalars(
        select(Enlace).where(
            Enlace.derivacion_id == derivacion.id,
            Enlace.clave_hash.is_not(None),
            Enlace.vence_en > real_now(),
        )
    )
    for anterior in anteriores:
        anterior.vence_en = real_now()
    token, enlace = _nuevo(session, derivacion, actor)
    clave = f"{secrets.randbelow(10**6):06d}"
    enlace.clave_hash = _hash_de_clave(enlace, clave)
    session.flush()
    return EnlaceConClave(f"{base_url}{RUTA}{token}", clave, enlace.vence_en)


def probar_clave(session: Session, token: str, clave: str) -> str | None:
    """The pass of a printed link, for who has its key; None for a wrong one, which is counted.

    Raises NoEncontrado also of a link without key, EnlaceVencido also when too many were wrong.
    """
    enlace = session.scalar(
        select(Enlace).where(Enlace.token_hash == _hash(token)).with_for_update()
    )
    if enlace is None or enlace.clave_hash is None:
        raise NoEncontrado
    if enlace.vence_en <= real_now() or enlace.claves_erradas >= CLAVES:
        raise EnlaceVencido
    derivacion = derivacion_por_id(session, enlace.derivacion_id, SIN_LIMITE)
    escrita = "".join(filter(str.isdigit, clave))
    if not hmac.compare_digest(_hash_de_clave(enlace, escrita), enlace.clave_hash):
        enlace.claves_erradas += 1
        registrar(session, _quien(derivacion), "casos.enlace.clave_errada", "enlace", enlace.id)
        return None
    registrar(session, _quien(derivacion), "casos.enlace.clave", "enlace", enlace.id)
    return _paso(enlace)


def pedir_otro(session: Session, derivacion_id: UUID, actor: Actor, ahora: datetime) -> None:
    """Have another link sent to the institution; it is made when its message is written.

    Raises NoEncontrado, TransicionInvalida when the institution has nothing left to answer,
    Conflicto when the network's directory has no e-mail of it.
    """
    alcance = Alcance.de(actor)
    derivacion_por_id(session, derivacion_id, alcance, bloquear=True)
    derivacion = con_respuestas(session, derivacion_id, alcance)
    if not espera_respuesta(session, derivacion):
        raise TransicionInvalida(derivacion.estado, derivacion.pasos)
    if not derivacion.institucion.correo:
        raise Conflicto(_("La institución no tiene correo en el directorio de la red."))
    registrar(session, actor, "casos.enlace.pedir", "derivacion", derivacion.id)
    contar_enlace(session, derivacion, actor, ahora)


def abrir(session: Session, token: str, paso: str | None = None) -> Derivacion:
    """Count and audit an opening; the derivation with its answers stays as it is.

    `paso` is the pass of who said the key of a printed link. Raises NoEncontrado for a token that
    nobody gave out, EnlaceVencido for an old one, ClaveNecesaria for a printed one without a pass.
    """
    enlace = _vigente(session, token, paso)
    derivacion = con_respuestas(session, enlace.derivacion_id, SIN_LIMITE)
    enlace.aperturas += 1
    enlace.abierto_en = real_now()
    registrar(session, _quien(derivacion), "casos.enlace.abrir", "enlace", enlace.id)
    return derivacion


def leer(session: Session, token: str, paso: str | None = None) -> Derivacion:
    """Audit that who is already there reads on; no opening is counted.

    Raises what `abrir` raises.
    """
    enlace = _vigente(session, token, paso)
    derivacion = con_respuestas(session, enlace.derivacion_id, SIN_LIMITE)
    registrar(session, _quien(derivacion), "casos.enlace.leer", "enlace", enlace.id)
    return derivacion


def responder_por_enlace(
    session: Session,
    token: str,
    respuesta: Respuesta,
    ahora: datetime,
    paso: str | None = None,
) -> RespuestaDerivacion:
    """Take the institution's own answer (grade A).

    Raises what `abrir` and `actions.responder` raise.
    """
    enlace = _vigente(session, token, paso)
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
    if derivacion.autogestionada:
        return []
    return [a for a in derivacion.pasos if a in ACCIONES_DE_INSTITUCION]


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
        or not rige(session, derivacion, now())
        or not usable(session, derivacion.caso_id)
    )


def _exigir_mostrable(session: Session, derivacion: Derivacion) -> None:
    """The institution has something to see, and it may be seen."""
    if derivacion.estado in SIN_DATOS or derivacion.autogestionada:
        raise TransicionInvalida(derivacion.estado, derivacion.pasos)
    if not rige(session, derivacion, now()):
        raise Conflicto(_("El consentimiento de la persona ya no vale: pídalo de nuevo."))
    if not usable(session, derivacion.caso_id):
        raise Conflicto(_("Los datos de la persona no se pueden usar."))


def _nuevo(session: Session, derivacion: Derivacion, actor: Actor) -> tuple[str, Enlace]:
    token = secrets.token_urlsafe(32)
    ahora = real_now()
    enlace = Enlace(
        derivacion_id=derivacion.id,
        token_hash=_hash(token),
        creado_en=ahora,
        vence_en=fin_de_plazo(ahora, dias_habiles=dura(derivacion.servicio)),
        aperturas=0,
        claves_erradas=0,
    )
    session.add(enlace)
    session.flush()
    registrar(session, actor, "casos.enlace.crear", "enlace", enlace.id)
    return token, enlace


def _vigente(session: Session, token: str, paso: str | None) -> Enlace:
    enlace = session.scalar(select(Enlace).where(Enlace.token_hash == _hash(token)))
    if enlace is None:
        raise NoEncontrado
    if enlace.vence_en <= real_now():
        raise EnlaceVencido
    if enlace.clave_hash is not None and not hmac.compare_digest(_paso(enlace), paso or ""):
        raise ClaveNecesaria
    return enlace


def _paso(enlace: Enlace) -> str:
    """What who said the key carries on; nobody makes it up without the office's own."""
    return blind_index("casos.enlace.paso", f"{enlace.id}:{enlace.clave_hash}")


def _hash_de_clave(enlace: Enlace, clave: str) -> str:
    return blind_index("casos.enlace.clave", f"{enlace.id}:{clave}")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _quien(derivacion: Derivacion) -> Actor:
    return actor_de(derivacion.institucion)
