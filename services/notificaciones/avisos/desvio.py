"""Which notices wait for their reader's digest: decided when each is about to be written."""

from uuid import UUID

from sqlalchemy.orm import Session

from notificaciones.avisos.models import Modo
from notificaciones.avisos.queries import modo_de
from notificaciones.mensajes.models import Mensaje
from notificaciones.reglas.catalogo import reglas


def al_resumen(session: Session, mensaje: Mensaje) -> bool:
    """Put a notice into its reader's digest if they want it there; whether it leaves only there."""
    de_quien = mensaje.datos.get("funcionario_id")
    clases = reglas().resumen
    if de_quien is None or mensaje.plantilla not in clases.se_resumen | clases.urgentes:
        return False
    modo = modo_de(session, UUID(de_quien))
    espera = mensaje.plantilla in clases.se_resumen and modo is not Modo.AL_MOMENTO
    ademas = mensaje.plantilla in clases.urgentes and modo is Modo.RESUMEN_Y_URGENTES
    mensaje.en_resumen = espera or ademas
    return espera
