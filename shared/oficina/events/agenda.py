"""What agenda tells: appointments of the office."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from oficina.events.base import Evento, HechoDePurga, evento


@dataclass(frozen=True, kw_only=True)
class HechoDeCita(Evento):
    """What every fact of an appointment says; `actor_id` is whoever of the staff did it."""

    cita_id: UUID
    persona_id: UUID
    caso_id: UUID | None = None
    actor_id: UUID | None = None


@evento("agenda.cita.agendada", sujeto_id="cita_id")
class CitaAgendada(HechoDeCita):
    """A person has an appointment."""

    inicia_en: datetime
    termina_en: datetime
    lugar: str | None = None


@evento("agenda.cita.reprogramada", sujeto_id="cita_id")
class CitaReprogramada(HechoDeCita):
    """An appointment has another time."""

    inicia_en: datetime
    termina_en: datetime
    lugar: str | None = None


@evento("agenda.cita.cancelada", sujeto_id="cita_id")
class CitaCancelada(HechoDeCita):
    """An appointment will not take place."""

    motivo_codigo: str


@evento("agenda.cita.realizada", sujeto_id="cita_id")
class CitaRealizada(HechoDeCita):
    """The person came."""


@evento("agenda.cita.inasistencia", sujeto_id="cita_id")
class CitaInasistencia(HechoDeCita):
    """The person did not come."""


@evento("agenda.cita.respondida", sujeto_id="cita_id")
class CitaRespondida(HechoDeCita):
    """The person answered a reminder: they come, or they do not."""

    respuesta: str


@evento("agenda.purga.confirmada", sujeto_id="supresion_id")
class AgendaPurgada(HechoDePurga):
    """agenda erased what it had of somebody."""
