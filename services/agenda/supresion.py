"""What agenda erases of somebody: what their appointments were about. That there were, stays."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from agenda.models import Cita
from agenda.queries import de_persona
from agenda.states import Estado, MotivoCancelacion
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.clock import now
from oficina.events import Clasificacion
from oficina.web.kept_answers import olvidar_respuestas

CITAS = "agenda.citas"


def contar(session: Session, persona_id: UUID) -> Mapping[str, int]:
    """How many of each class would go; nothing is done."""
    return {CITAS: len(de_persona(session, persona_id))}


def borrar(session: Session, persona_id: UUID) -> Mapping[str, int]:
    """Erase; an appointment to come is cancelled, and its hour is free."""
    citas = session.scalars(
        select(Cita).where(Cita.persona_id == persona_id).order_by(Cita.id).with_for_update()
    ).all()
    for cita in citas:
        if cita.estado is Estado.AGENDADA:
            _cancelar(session, cita)
        cita.olvidar()
    olvidar_respuestas(session, [persona_id, *(cita.id for cita in citas)])
    session.flush()
    return {CITAS: len(citas)}


def _cancelar(session: Session, cita: Cita) -> None:
    hecho = cita.cancelar(MotivoCancelacion.YA_NO_HACE_FALTA, None, now())
    emitir(session, hecho, clasificacion=Clasificacion.RESERVADO)
    registrar(
        session,
        Actor.sistema("agenda"),
        "agenda.cita.cancelar",
        "cita",
        cita.id,
        motivo_codigo=MotivoCancelacion.YA_NO_HACE_FALTA.value,
    )
