"""What can be asked of mail that came back: read-only."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.bajas.queries import detenida_por_rebote
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado
from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.models import Acuse, Recibo
from notificaciones.rebotes.reglas import Clase, reglas


def clase_de(session: Session, mensaje: Mensaje) -> tuple[Clase, str] | None:
    """Why a mail came back, and the code of it; None of one that did not."""
    if mensaje.estado is not Estado.REBOTADA or mensaje.canal is not Canal.CORREO:
        return None
    codigo = session.scalar(
        select(Recibo.detalle)
        .where(Recibo.mensaje_id == mensaje.id, Recibo.acuse == Acuse.REBOTADA)
        .order_by(Recibo.id)
        .limit(1)
    )
    return (reglas().significado(codigo).clase, codigo) if codigo else None


def detuvo(session: Session, mensaje: Mensaje) -> bool:
    """Whether its address is written to no more because mail comes back."""
    return bool(mensaje.destino_indice) and detenida_por_rebote(
        session, str(mensaje.destino_indice)
    )
