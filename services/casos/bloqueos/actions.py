"""What can be done with a block: put it, and lift it. Callers hold the transaction, and the request
that asks for it.

The person is locked, so whoever writes something of them at this moment was before or is refused.
"""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.bloqueos.models import Bloqueo, Causa
from casos.bloqueos.queries import bloqueo_por_id, casos_de, vigente
from casos.personas.models import EstadoPersona, Persona
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto, NoEncontrado
from oficina.events import Clasificacion
from oficina.events.casos import PersonaBloqueada, PersonaDesbloqueada


def bloquear(  # noqa: PLR0917  whose, for which request, why, by whom and when
    session: Session,
    persona_id: UUID,
    solicitud_id: UUID,
    causa: Causa,
    actor: Actor,
    ahora: datetime,
) -> Bloqueo:
    """Keep somebody's data and use them no more. Of data that are blocked the stronger cause stays:
    what was blocked until a request is resolved goes on when the person asked for it.

    Raises NoEncontrado for who was erased.
    """
    persona = _retener(session, persona_id)
    if persona.estado is EstadoPersona.ANONIMIZADA:
        raise NoEncontrado
    bloqueo = vigente(session, persona_id)
    if bloqueo is not None:
        if causa is Causa.SOLICITUD:
            bloqueo.causa, bloqueo.solicitud_id = causa, solicitud_id
        return bloqueo
    bloqueo = Bloqueo(
        persona_id=persona_id,
        solicitud_id=solicitud_id,
        causa=causa,
        puesto_en=ahora,
        puesto_por_id=actor.id,
        puesto_por=actor.nombre,
    )
    session.add(bloqueo)
    persona.estado = EstadoPersona.BLOQUEADA
    session.flush()
    registrar(
        session, actor, "casos.persona.bloquear", "persona", persona_id, motivo_codigo=causa.value
    )
    emitir(
        session,
        PersonaBloqueada(persona_id=persona_id, caso_ids=casos_de(session, persona_id)),
        clasificacion=Clasificacion.RESERVADO,
    )
    return bloqueo


def levantar(
    session: Session, bloqueo_id: UUID, motivo: str, actor: Actor, ahora: datetime
) -> Bloqueo:
    """Let somebody's data be used again, for a reason.

    Raises NoEncontrado, TransicionInvalida when they are free already.
    """
    bloqueo = bloqueo_por_id(session, bloqueo_id)
    persona = _retener(session, bloqueo.persona_id)
    session.refresh(bloqueo, with_for_update=True)
    _soltar(session, bloqueo, persona, motivo, actor, ahora)
    return bloqueo


def resolver(
    session: Session, solicitud_id: UUID, persona_id: UUID, actor: Actor, ahora: datetime
) -> None:
    """A request was resolved: what was blocked until then is let go."""
    persona = _retener(session, persona_id)
    bloqueo = vigente(session, persona_id)
    if (
        bloqueo is not None
        and bloqueo.causa is Causa.MIENTRAS_SE_RESUELVE
        and bloqueo.solicitud_id == solicitud_id
    ):
        _soltar(session, bloqueo, persona, None, actor, ahora)


def cerrar(session: Session, persona_id: UUID, actor: Actor, ahora: datetime) -> None:
    """The person is erased: there is nothing left to block. Callers hold the person."""
    bloqueo = vigente(session, persona_id)
    if bloqueo is not None:
        bloqueo.levantar(actor, None, ahora)


def exigir_sin_bloqueo(session: Session, persona_id: UUID) -> None:
    """Raise Conflicto when somebody's data are blocked already."""
    if vigente(session, persona_id) is not None:
        raise Conflicto(_("Los datos de esta persona ya están bloqueados."))


def _soltar(  # noqa: PLR0917  as `bloquear`
    session: Session,
    bloqueo: Bloqueo,
    persona: Persona,
    motivo: str | None,
    actor: Actor,
    ahora: datetime,
) -> None:
    bloqueo.levantar(actor, motivo, ahora)
    persona.estado = EstadoPersona.ACTIVA
    session.flush()
    registrar(session, actor, "casos.persona.desbloquear", "persona", persona.id)
    emitir(
        session,
        PersonaDesbloqueada(persona_id=persona.id, caso_ids=casos_de(session, persona.id)),
        clasificacion=Clasificacion.RESERVADO,
    )


def _retener(session: Session, persona_id: UUID) -> Persona:
    return session.get_one(Persona, persona_id, with_for_update=True, populate_existing=True)
