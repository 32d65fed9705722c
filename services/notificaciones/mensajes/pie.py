"""The foot of a mail: how its reader stops others like it."""

from sqlalchemy.orm import Session

from notificaciones.bajas.enlaces import Enlace
from notificaciones.bajas.queries import se_detiene
from notificaciones.bajas.textos import textos
from notificaciones.mensajes.models import Mensaje
from notificaciones.plantillas.catalogo import Canal
from notificaciones.plantillas.vigentes import plantillas
from notificaciones.proveedores.base import Pie


def pie_de(session: Session, mensaje: Mensaje, base_url: str) -> Pie | None:
    """None for what may not be stopped, and for an SMS: it takes BAJA."""
    if mensaje.canal is not Canal.CORREO or not mensaje.destino_indice:
        return None
    plantilla = plantillas(session)[mensaje.plantilla]
    if not se_detiene(plantilla):
        return None
    words = textos(mensaje.idioma or "")
    enlace = Enlace(indice=mensaje.destino_indice, tema=plantilla.tema, idioma=words.idioma)
    return Pie(enlace.direccion(base_url), words.sobre("pie", plantilla.tema))
