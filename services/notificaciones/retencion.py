"""What notificaciones forgets: what a message said and to whom; that it was sent stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from notificaciones.models import Mensaje
from notificaciones.states import EN_ESPERA, Estado
from oficina.retencion import Retencion

retencion = Retencion("notificaciones")

_VIVOS = [*EN_ESPERA, Estado.RESERVADA]
_CONTENIDO = (Mensaje.destino, Mensaje.asunto, Mensaje.cuerpo, Mensaje.enlace)


def _con_contenido(limite: datetime) -> Select[Any]:
    return select(Mensaje.id).where(
        Mensaje.estado.not_in(_VIVOS),
        Mensaje.cambiado_en < limite,
        or_(*(columna.is_not(None) for columna in _CONTENIDO)),
    )


@retencion.clase("notificaciones.mensaje.contenido", _con_contenido)
def vaciar(session: Session, ids: Sequence[UUID]) -> int:
    """Nobody is editing a message that has ended: its version need not grow."""
    session.execute(
        update(Mensaje)
        .where(Mensaje.id.in_(ids))
        .values({columna.key: None for columna in _CONTENIDO})
        .execution_options(synchronize_session=False)
    )
    return len(ids)
