"""What notificaciones tells: the fate of each message, and what people answer to one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from oficina.events.base import Evento, HechoDePurga, evento


@dataclass(frozen=True, kw_only=True)
class _HechoDeMensaje(Evento):
    mensaje_id: UUID
    plantilla: str
    canal: str
    caso_id: UUID | None = None
    derivacion_id: UUID | None = None
    cita_id: UUID | None = None


@evento("notificaciones.mensaje.programado", sujeto_id="mensaje_id")
class MensajeProgramado(_HechoDeMensaje):
    """A message waits for its moment."""

    enviar_en: datetime


@evento("notificaciones.mensaje.enviado", sujeto_id="mensaje_id")
class MensajeEnviado(_HechoDeMensaje):
    """A message was handed to its provider, or to the viewable outbox."""


@evento("notificaciones.mensaje.cancelado", sujeto_id="mensaje_id")
class MensajeCancelado(_HechoDeMensaje):
    """A message will not be sent, and why."""

    motivo_codigo: str


@evento("notificaciones.mensaje.fallido", sujeto_id="mensaje_id")
class MensajeFallido(_HechoDeMensaje):
    """A message could not be sent, and why."""

    motivo_codigo: str


@evento("notificaciones.respuesta.recibida", sujeto_id="respuesta_id")
class RespuestaRecibida(Evento):
    """A person answered a reminder of an appointment at `inicia_en`: they come, or they do not."""

    respuesta_id: UUID
    cita_id: UUID
    persona_id: UUID
    caso_id: UUID | None = None
    respuesta: str
    canal: str
    inicia_en: datetime
    recibida_en: datetime


@evento("notificaciones.respuesta.de_derivacion", sujeto_id="respuesta_id")
class DerivacionContestada(Evento):
    """A person answered whether a derivation of theirs was fulfilled: `si` or `no`."""

    respuesta_id: UUID
    derivacion_id: UUID
    caso_id: UUID
    persona_id: UUID
    respuesta: str
    canal: str
    recibida_en: datetime


@evento("notificaciones.purga.confirmada", sujeto_id="supresion_id")
class NotificacionesPurgada(HechoDePurga):
    """notificaciones erased what it had of somebody."""
