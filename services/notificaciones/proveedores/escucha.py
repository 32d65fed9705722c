"""What a provider says by itself, handed to whom it concerns."""

from sqlalchemy.orm import Session

from notificaciones.entrantes import actions as respuestas
from notificaciones.entrantes.actions import Entrante
from notificaciones.mensajes import recibos
from notificaciones.proveedores.acuses import Dicho, Escrito
from oficina.clock import now


def escuchar(session: Session, proveedor: str, dicho: Dicho | Escrito) -> None:
    """A receipt changes its message; what somebody wrote is an answer to the office."""
    if isinstance(dicho, Dicho):
        recibos.recibir(session, proveedor, [dicho])
        return
    entrante = Entrante(
        proveedor=proveedor,
        de=dicho.de,
        texto=dicho.texto,
        referencia=dicho.referencia,
        recibido_en=now(),
    )
    respuestas.recibir(session, entrante)
