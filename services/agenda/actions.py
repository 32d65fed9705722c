"""What can be done with an appointment: one function a use case, inside the entrance's transaction.

Two appointments never take the same person, professional or exclusive place at the same time. The
write transaction of SQLite excludes every other; on PostgreSQL each of the three is locked by its
id until commit, always in the same order, before anybody looks.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from agenda.horario import horario, momento
from agenda.models import Cita
from agenda.states import Estado, MotivoCancelacion, Respuesta
from oficina.apartadas import apartada
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.db import hold, uuid7
from oficina.errors import Conflicto, DatosInvalidos
from oficina.events import Clasificacion
from oficina.events.agenda import HechoDeCita
from oficina.web.auth import Actor

_ACTOR = Actor.sistema("agenda")


@dataclass(frozen=True, kw_only=True)
class Tiempo:
    """When and where: a day and an hour on Chile's clocks, and a length in minutes."""

    fecha: date
    hora: time
    duracion: int
    lugar: str


@dataclass(frozen=True, kw_only=True)
class NuevaCita(Tiempo):
    """An appointment to book. Names are identidad's and casos', not the form's."""

    persona_id: UUID
    profesional_id: UUID
    caso_id: UUID | None = None
    organizacion_id: UUID | None = None
    asunto: str | None = None


@dataclass(frozen=True, kw_only=True)
class Cancelacion:
    """Why an appointment is cancelled."""

    motivo: MotivoCancelacion
    detalle: str | None = None


def agendar(
    session: Session,
    nueva: NuevaCita,
    profesional_nombre: str,
    actor: Actor,
    ahora: datetime,
    *,
    organizacion_nombre: str | None = None,
) -> Cita:
    """Book; raises DatosInvalidos outside opening hours, Conflicto when somebody is taken."""
    inicia_en, termina_en = _intervalo(nueva, ahora)
    cita = Cita(
        id=uuid7(),
        persona_id=nueva.persona_id,
        caso_id=nueva.caso_id,
        profesional_id=nueva.profesional_id,
        profesional_nombre=profesional_nombre,
        organizacion_id=nueva.organizacion_id,
        organizacion_nombre=organizacion_nombre,
        lugar=nueva.lugar,
        inicia_en=inicia_en,
        termina_en=termina_en,
        asunto=nueva.asunto,
        estado=Estado.AGENDADA,
        reprogramaciones=0,
        creada_en=ahora,
    )
    _exigir_usable(session, cita.persona_id)
    _exigir_libres(session, cita, inicia_en, termina_en, nueva.lugar)
    session.add(cita)
    _contar(session, cita.agendada(), actor)
    registrar(session, actor, "agenda.cita.agendar", "cita", cita.id)
    return cita


def reprogramar(
    session: Session, cita: Cita, tiempo: Tiempo, actor: Actor, ahora: datetime
) -> None:
    """Move it; the same refusals as booking, and TransicionInvalida when it is over."""
    _exigir_usable(session, cita.persona_id)
    inicia_en, termina_en = _intervalo(tiempo, ahora)
    hecho = cita.reprogramar(inicia_en, termina_en, tiempo.lugar, ahora)
    with session.no_autoflush:
        _exigir_libres(session, cita, inicia_en, termina_en, tiempo.lugar)
    _contar(session, hecho, actor)
    registrar(session, actor, "agenda.cita.reprogramar", "cita", cita.id)


def cancelar(
    session: Session, cita: Cita, pedido: Cancelacion, actor: Actor, ahora: datetime
) -> None:
    """Cancel it, with a reason."""
    _exigir_usable(session, cita.persona_id)
    _contar(session, cita.cancelar(pedido.motivo, pedido.detalle, ahora), actor)
    registrar(
        session,
        actor,
        "agenda.cita.cancelar",
        "cita",
        cita.id,
        motivo_codigo=pedido.motivo.value,
    )


def realizar(session: Session, cita: Cita, actor: Actor, ahora: datetime) -> None:
    """Record that the person came."""
    _exigir_usable(session, cita.persona_id)
    _contar(session, cita.realizar(ahora), actor)
    registrar(session, actor, "agenda.cita.realizar", "cita", cita.id)


def registrar_inasistencia(session: Session, cita: Cita, actor: Actor, ahora: datetime) -> None:
    """Record that the person did not come."""
    _exigir_usable(session, cita.persona_id)
    _contar(session, cita.registrar_inasistencia(ahora), actor)
    registrar(session, actor, "agenda.cita.inasistencia", "cita", cita.id)


def anotar_respuesta(
    session: Session,
    cita_id: UUID,
    respuesta: Respuesta,
    canal: str,
    *,
    inicia_en: datetime,
    recibida_en: datetime,
) -> None:
    """Write down what the person answered to a reminder. The appointment stays: whether another
    time is offered, somebody decides.
    """
    cita = session.scalars(select(Cita).where(Cita.id == cita_id).with_for_update()).one_or_none()
    if cita is None or apartada(session, cita.persona_id) is not None:
        return
    hecho = cita.responder(respuesta, canal, inicia_en, recibida_en)
    if hecho is None:
        return
    _contar(session, hecho, _ACTOR)
    registrar(
        session,
        _ACTOR,
        "agenda.cita.anotar_respuesta",
        "cita",
        cita.id,
        motivo_codigo=respuesta.value,
    )


def _contar(session: Session, hecho: HechoDeCita, actor: Actor) -> None:
    """Tell it, and who of the staff did it; a program has no name in anybody's story.

    An appointment of a case is told to our own services alone: the case may be one of which nobody
    else may hear.
    """
    dicho = replace(hecho, actor_id=actor.id) if actor.tipo == "persona" else hecho
    de_caso = dicho.caso_id is not None
    emitir(
        session,
        dicho,
        clasificacion=Clasificacion.RESERVADO if de_caso else Clasificacion.INTERNO,
    )


def _exigir_usable(session: Session, persona_id: UUID) -> None:
    """Raise Conflicto while a person's data are blocked, and once they were erased."""
    if apartada(session, persona_id) is not None:
        raise Conflicto(_("Los datos de esta persona no se pueden usar."))


def _intervalo(tiempo: Tiempo, ahora: datetime) -> tuple[datetime, datetime]:
    inicia_en = momento(tiempo.fecha, tiempo.hora)
    termina_en = inicia_en + timedelta(minutes=tiempo.duracion)
    if inicia_en <= ahora:
        raise DatosInvalidos({"hora": [_("Esa hora ya pasó.")]})
    horario().exigir_abierto(inicia_en, termina_en)
    return inicia_en, termina_en


def _exigir_libres(
    session: Session, cita: Cita, inicia_en: datetime, termina_en: datetime, lugar: str
) -> None:
    ocupables: dict[str, ColumnElement[bool]] = {
        f"persona/{cita.persona_id}": Cita.persona_id == cita.persona_id,
        f"profesional/{cita.profesional_id}": Cita.profesional_id == cita.profesional_id,
    }
    if horario().lugares[lugar].exclusivo:
        ocupables[f"lugar/{lugar}"] = Cita.lugar == lugar
    for clave in sorted(ocupables):
        hold(session, f"agenda/{clave}")
    # No more of somebody else's appointment than the refusal says.
    choque = session.execute(
        select(Cita.id, Cita.persona_id, Cita.profesional_id, Cita.profesional_nombre)
        .where(
            or_(*ocupables.values()),
            Cita.estado != Estado.CANCELADA,
            Cita.id != cita.id,
            Cita.inicia_en < termina_en,
            Cita.termina_en > inicia_en,
        )
        .order_by(Cita.inicia_en)
        .limit(1)
    ).first()
    if choque is not None:
        raise Conflicto(_explicacion(choque, cita), cita_id=str(choque.id))


def _explicacion(choque: Row[UUID, UUID, UUID, str], cita: Cita) -> str:
    if choque.persona_id == cita.persona_id:
        return str(_("La persona ya tiene una cita a esa hora."))
    if choque.profesional_id == cita.profesional_id:
        return str(_("%(nombre)s ya tiene una cita a esa hora.", nombre=choque.profesional_nombre))
    return str(_("El lugar ya está ocupado a esa hora."))
