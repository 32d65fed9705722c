"""Every table of notificaciones, for migrations and for the mapper."""

from notificaciones.avisos.models import PreferenciaDeAvisos
from notificaciones.bajas.models import Baja
from notificaciones.base import Base
from notificaciones.entrantes.models import Respuesta
from notificaciones.masivos.models import EnvioMasivo, FilaDeEnvio
from notificaciones.mensajes.models import Mensaje, PasoDeMensaje, Salida
from notificaciones.plantillas.models import PlantillaGuardada, VersionDePlantilla
from notificaciones.proveedores.models import IntentoDeEnvio
from notificaciones.reglas.models import Regla, VersionDeRegla
from notificaciones.suscripciones.colas.models import Cola
from notificaciones.suscripciones.models import Suscripcion

__all__ = [
    "Baja",
    "Base",
    "Cola",
    "EnvioMasivo",
    "FilaDeEnvio",
    "IntentoDeEnvio",
    "Mensaje",
    "PasoDeMensaje",
    "PlantillaGuardada",
    "PreferenciaDeAvisos",
    "Regla",
    "Respuesta",
    "Salida",
    "Suscripcion",
    "VersionDePlantilla",
    "VersionDeRegla",
]
