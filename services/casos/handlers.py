"""What casos hears: appointments and messages become lines in the story of their case, and what the
other services erased of somebody is noted.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.confirmaciones.actions import Palabra, contestar_por_mensaje
from casos.expedientes.models import Caso, TipoHito, anotar
from casos.personas.models import EstadoPersona, Persona
from casos.supresion import actions as supresion
from oficina.actor import Actor
from oficina.bus.inbox import Handlers, Sobre
from oficina.clock import now
from oficina.events import Evento
from oficina.events.agenda import (
    AgendaPurgada,
    CitaAgendada,
    CitaCancelada,
    CitaInasistencia,
    CitaRealizada,
    CitaReprogramada,
)
from oficina.events.base import HechoDePurga
from oficina.events.notificaciones import (
    DerivacionContestada,
    MensajeCancelado,
    MensajeEnviado,
    MensajeFallido,
    MensajeProgramado,
    NotificacionesPurgada,
)
from oficina.events.reportes import ReportesPurgada

handlers = Handlers("casos")


@handlers.on(CitaAgendada, CitaReprogramada, CitaCancelada, CitaRealizada, CitaInasistencia)
def contar_cita(session: Session, hecho: Evento, sobre: Sobre) -> None:
    """An appointment of a case belongs to its story; one without a case does not."""
    _anotar(session, TipoHito.CITA, asdict(hecho), sobre)


@handlers.on(MensajeProgramado, MensajeEnviado, MensajeCancelado, MensajeFallido)
def contar_mensaje(session: Session, hecho: Evento, sobre: Sobre) -> None:
    """A message about a case belongs to its story; one without a case does not."""
    _anotar(session, TipoHito.MENSAJE, asdict(hecho), sobre)


def _anotar(session: Session, tipo: TipoHito, datos: Mapping[str, Any], sobre: Sobre) -> None:
    caso_id: UUID | None = datos["caso_id"]
    if caso_id is None or _suprimida(session, caso_id):
        return
    servicio, _agregado, que = sobre.tipo.split(".")
    anotar(
        session,
        caso_id,
        tipo,
        Actor.sistema(servicio),
        datos={"hecho": que} | {campo: _json(valor) for campo, valor in datos.items()},
    )


@handlers.on(DerivacionContestada)
def anotar_palabra(session: Session, hecho: DerivacionContestada, _sobre: Sobre) -> None:
    """The person's word on a derivation; what comes late, or of who was erased, says nothing."""
    if not _suprimida(session, hecho.caso_id):
        contestar_por_mensaje(session, hecho.derivacion_id, Palabra(hecho.respuesta), now())


@handlers.on(AgendaPurgada, NotificacionesPurgada, ReportesPurgada)
def anotar_purga(session: Session, hecho: HechoDePurga, sobre: Sobre) -> None:
    """A service erased what it had of somebody."""
    supresion.anotar_purga(session, sobre.tipo.partition(".")[0], hecho, now())


def _suprimida(session: Session, caso_id: UUID) -> bool:
    """Whether the person of a case was erased: what comes late of it is not written down. Both are
    held, the case first as everywhere, so that nobody erases them meanwhile.
    """
    caso = select(Caso.persona_id).where(Caso.id == caso_id)
    persona_id = session.scalar(caso.with_for_update(key_share=True, read=True))
    suya = select(Persona.estado).where(Persona.id == persona_id)
    estado = session.scalar(suya.with_for_update(key_share=True, read=True))
    return estado is EstadoPersona.ANONIMIZADA


def _json(valor: Any) -> Any:
    if isinstance(valor, datetime):
        return valor.isoformat()
    return str(valor) if isinstance(valor, UUID) else valor
