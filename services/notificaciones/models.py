"""Every table of notificaciones, for migrations and for the mapper."""

from notificaciones.base import Base
from notificaciones.entrantes.models import Respuesta
from notificaciones.mensajes.models import Mensaje, PasoDeMensaje, Salida
from notificaciones.suscripciones.models import Suscripcion

__all__ = ["Base", "Mensaje", "PasoDeMensaje", "Respuesta", "Salida", "Suscripcion"]
