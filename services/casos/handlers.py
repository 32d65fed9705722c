"""What casos hears: appointments and messages become lines in the story of their case."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from casos.expedientes.models import TipoHito, anotar
from oficina.actor import Actor
from oficina.bus.inbox import Handlers, Sobre
from oficina.events import Evento
from oficina.events.agenda import (
    CitaAgendada,
    CitaCancelada,
    CitaInasistencia,
    CitaRealizada,
    CitaReprogramada,
)
from oficina.events.notificaciones import (
    MensajeCancelado,
    MensajeEnviado,
    MensajeFallido,
    MensajeProgramado,
)

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
    if caso_id is None:
        return
    servicio, _agregado, que = sobre.tipo.split(".")
    anotar(
        session,
        caso_id,
        tipo,
        Actor.sistema(servicio),
        datos={"hecho": que} | {campo: _json(valor) for campo, valor in datos.items()},
    )


def _json(valor: Any) -> Any:
    if isinstance(valor, datetime):
        return valor.isoformat()
    return str(valor) if isinstance(valor, UUID) else valor
