"""What becomes of a message to a simulated address once it was handed over: it arrives, comes back,
or is answered, by the same ways as any other.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import Session

from notificaciones import direcciones
from notificaciones.entrantes import actions as respuestas
from notificaciones.entrantes.actions import Entrante
from notificaciones.mensajes import recibos
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado
from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.acuses import Dicho
from notificaciones.proveedores.models import Acuse
from notificaciones.proveedores.simulador import SIMULADOR, Simulado, Suerte, simulado
from notificaciones.rebotes import actions as rebotes
from notificaciones.rebotes.informe import Informe
from oficina.clock import now, real_now

SE_BUSCA = timedelta(minutes=10)
"""How long one that was handed over is looked for."""

# Written into the statement: an index that holds only these serves no bound value.
_SIMULADOR: ColumnElement[str] = literal_column(f"'{SIMULADOR}'")


def pendientes(session: Session) -> Sequence[tuple[UUID, str]]:
    """Messages that somebody simulated has, and to whom they went."""
    rows = session.execute(
        select(Mensaje.id, Mensaje.destino).where(
            Mensaje.cambiado_en > real_now() - SE_BUSCA,
            Mensaje.proveedor == _SIMULADOR,
            Mensaje.estado == Estado.ENTREGADA,
            Mensaje.destino.is_not(None),
        )
    )
    return [(row.id, row.destino) for row in rows]


def cumplir(session: Session, mensaje_id: UUID, destino: str) -> None:
    """Let it end as is written; again changes nothing."""
    uno = simulado(destino)
    if uno is None:
        return
    if uno.suerte is Suerte.VUELVE:
        _come_back(session, mensaje_id, destino, uno)
        return
    if uno.suerte is Suerte.CONTESTA:
        entrante = Entrante(
            proveedor=SIMULADOR,
            de=destino,
            texto=uno.texto,
            referencia=str(mensaje_id),
            recibido_en=now(),
        )
        respuestas.recibir(session, entrante)
    _say(session, mensaje_id, Acuse.CONFIRMADA, "simulado")


def _come_back(session: Session, mensaje_id: UUID, destino: str, uno: Simulado) -> None:
    if Canal.CORREO is direcciones.canal_de(destino):
        rebotes.recibir(session, Informe(mensaje_id, uno.codigo))
    else:
        _say(session, mensaje_id, Acuse.REBOTADA, uno.codigo)


def _say(session: Session, mensaje_id: UUID, acuse: Acuse, detalle: str) -> None:
    dicho = Dicho(referencia="", mensaje_id=mensaje_id, acuse=acuse, detalle=detalle)
    recibos.recibir(session, SIMULADOR, [dicho])
