"""Every table of notificaciones, for migrations and for the mapper."""

from notificaciones.avisos.models import PreferenciaDeAvisos
from notificaciones.base import Base
from notificaciones.entrantes.models import Respuesta
from notificaciones.mensajes.models import Mensaje, PasoDeMensaje, Salida
from notificaciones.reglas.models import Regla, VersionDeRegla
from notificaciones.suscripciones.models import Suscripcion

__all__ = [
    "Base",
    "Mensaje",
    "PasoDeMensaje",
    "PreferenciaDeAvisos",
    "Regla",
    "Respuesta",
    "Salida",
    "Suscripcion",
    "VersionDeRegla",
]
