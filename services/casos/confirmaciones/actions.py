"""The person's own word on a derivation that an institution says it fulfilled.

Their link needs no row: it names the institution's answer and is signed with the office's keys. It
opens while nobody has said how it was, at most fifteen working days, shows nothing of the person or
of the institution, and opening it changes nothing.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import SIN_LIMITE, usable
from casos.confirmaciones.textos import Textos, en
from casos.derivaciones.actions import responder
from casos.derivaciones.facts import contar_palabra
from casos.derivaciones.models import Derivacion, RespuestaDerivacion
from casos.derivaciones.queries import derivacion_por_id
from casos.derivaciones.respuestas import POR_MENSAJE
from casos.derivaciones.respuestas import Respuesta as Contestada
from casos.derivaciones.states import Accion, Estado
from casos.expedientes.models import Caso
from casos.expedientes.states import Estado as EstadoCaso
from casos.frases import LA_PERSONA
from casos.personas.models import Persona
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.calendar_cl import fin_de_plazo
from oficina.clock import now
from oficina.errors import Conflicto, NoEncontrado
from oficina.privacy import blind_index

DIAS_HABILES = 15
RUTA = "/casos/confirmacion/enlace/"
_FIRMA = 16


class Palabra(StrEnum):
    """What a person says of it."""

    SI = "si"
    NO = "no"


_ACCIONES = {Palabra.SI: Accion.VERIFICAR, Palabra.NO: Accion.DISPUTAR}


@dataclass(frozen=True)
class Pregunta:
    """What a person is asked about; not `abierta` once somebody said how it was."""

    derivacion_id: UUID
    persona_id: UUID
    folio: str
    abierta: bool
    textos: Textos
    direccion: str = ""


def pregunta_de(session: Session, derivacion_id: UUID, base_url: str) -> Pregunta:
    """What to ask the person of a derivation, and where they answer.

    Raises NoEncontrado, Conflicto when it is not fulfilled, or somebody said how it was.
    """
    derivacion = derivacion_por_id(session, derivacion_id, SIN_LIMITE)
    dicha = _ultima(session, derivacion)
    if dicha is None or not _abierta(session, derivacion, dicha):
        raise Conflicto(_("Ya no hay nada que preguntar a la persona."))
    pregunta = _pregunta(session, derivacion, abierta=True)
    return replace(pregunta, direccion=f"{base_url}{RUTA}{_token(dicha.id)}")


def abrir(session: Session, token: str) -> Pregunta:
    """Audit that the person looks; raises NoEncontrado for a link that nobody gave out."""
    pregunta = _leer(session, token)
    registrar(session, _persona(), "casos.confirmacion.abrir", "derivacion", pregunta.derivacion_id)
    return pregunta


def _leer(session: Session, token: str) -> Pregunta:
    derivacion, dicha = _de_token(session, token)
    ultima = _ultima(session, derivacion)
    vigente = ultima is not None and ultima.id == dicha.id
    return _pregunta(session, derivacion, abierta=vigente and _abierta(session, derivacion, dicha))


def contestar(session: Session, token: str, palabra: Palabra, ahora: datetime) -> None:
    """Take the person's word (grade C) by their link.

    Raises NoEncontrado, Conflicto when somebody said how it was before, or the case was closed.
    """
    derivacion_id = _de_token(session, token)[0].id
    derivacion_por_id(session, derivacion_id, SIN_LIMITE, bloquear=True)
    if not _leer(session, token).abierta:
        raise Conflicto(_("Ya no hay nada que preguntar a la persona."))
    _anotar(session, derivacion_id, palabra, ahora)


def contestar_por_mensaje(
    session: Session, derivacion_id: UUID, palabra: Palabra, ahora: datetime
) -> bool:
    """The same by SMS; False when it says nothing any more."""
    derivacion = derivacion_por_id(session, derivacion_id, SIN_LIMITE, bloquear=True)
    dicha = _ultima(session, derivacion)
    if dicha is None or not _abierta(session, derivacion, dicha):
        return False
    _anotar(session, derivacion_id, palabra, ahora)
    return True


def _anotar(session: Session, derivacion_id: UUID, palabra: Palabra, ahora: datetime) -> None:
    responder(
        session,
        derivacion_id,
        Contestada(accion=_ACCIONES[palabra]),
        _persona(),
        ahora,
        procedencia=POR_MENSAJE,
        alcance=SIN_LIMITE,
    )
    contar_palabra(session, derivacion_por_id(session, derivacion_id, SIN_LIMITE), palabra.value)


def _persona() -> Actor:
    return replace(Actor.sistema("casos"), nombre=LA_PERSONA)


def _abierta(session: Session, derivacion: Derivacion, dicha: RespuestaDerivacion) -> bool:
    """Whoever closed the case asked the person before."""
    estado = session.scalar(select(Caso.estado).where(Caso.id == derivacion.caso_id))
    return (
        derivacion.estado is Estado.CUMPLIDA
        and estado is not EstadoCaso.CERRADO
        and now() < fin_de_plazo(dicha.registrada_en, dias_habiles=DIAS_HABILES)
        and usable(session, derivacion.caso_id)
    )


def _ultima(session: Session, derivacion: Derivacion) -> RespuestaDerivacion | None:
    """The last time that somebody said that it was fulfilled."""
    return session.scalar(
        select(RespuestaDerivacion)
        .where(
            RespuestaDerivacion.derivacion_id == derivacion.id,
            RespuestaDerivacion.accion == Accion.CUMPLIR,
        )
        .order_by(RespuestaDerivacion.id.desc())
        .limit(1)
    )


def _pregunta(session: Session, derivacion: Derivacion, *, abierta: bool) -> Pregunta:
    caso = session.get_one(Caso, derivacion.caso_id)
    persona = session.get_one(Persona, caso.persona_id)
    return Pregunta(derivacion.id, persona.id, derivacion.folio, abierta, en(persona.idioma))


def _de_token(session: Session, token: str) -> tuple[Derivacion, RespuestaDerivacion]:
    try:
        respuesta_id = UUID(bytes=urlsafe_b64decode(f"{token}=")[:_FIRMA])
    except ValueError as error:
        raise NoEncontrado from error
    if not hmac.compare_digest(_token(respuesta_id).encode(), token.encode()):
        raise NoEncontrado
    dicha = session.get(RespuestaDerivacion, respuesta_id)
    if dicha is None or dicha.accion is not Accion.CUMPLIR:
        raise NoEncontrado
    return derivacion_por_id(session, dicha.derivacion_id, SIN_LIMITE), dicha


def _token(respuesta_id: UUID) -> str:
    firma = bytes.fromhex(blind_index("casos.confirmacion", str(respuesta_id)))[:_FIRMA]
    return urlsafe_b64encode(respuesta_id.bytes + firma).decode().rstrip("=")
