"""That what a day may cost is used up: told once a day to who answers for it."""

from sqlalchemy.orm import Session

from notificaciones.mensajes.actions import encargar
from notificaciones.plantillas.catalogo import Clave
from notificaciones.proveedores.consumos import fin_del_dia
from oficina.clock import now, today
from oficina.jobs import nudge_after_commit


def avisar(session: Session, presupuesto: str) -> None:
    """Have it told whose budget did not allow a message: a provider's, or the office's.

    Who counts against a budget holds its row: of two that find it used up one tells.
    """
    dia = today().isoformat()
    mensaje = encargar(
        session,
        f"{Clave.AVISO_PRESUPUESTO}/{presupuesto}/{dia}",
        Clave.AVISO_PRESUPUESTO,
        now(),
        caduca_en=fin_del_dia(),
        datos={"presupuesto": presupuesto, "dia": dia},
    )
    if mensaje is not None:
        nudge_after_commit(session, "notificaciones.preparar", str(mensaje.id))
