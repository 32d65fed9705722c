"""What reportes erases of somebody: the code by which the figures told them apart.

It cannot tell whose a code is. casos has given their facts another one, and numbered them anew: the
reading that was asked for when the erasure was heard writes them over the old ones, and its end
confirms it, in its transaction.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from oficina import apartadas
from oficina.apartadas import PersonaApartada, Situacion
from oficina.events.casos import PersonaAnonimizada
from oficina.events.reportes import ReportesPurgada
from oficina.web.kept_answers import olvidar_respuestas
from reportes.models import Fuente
from reportes.queries import CASOS

HECHOS = "reportes.hechos"
_PEDIDO, _CUANTOS = "pedido", "hechos"


def esperar(session: Session, hecho: PersonaAnonimizada) -> None:
    """Remember which reading has to end first; one that was confirmed is confirmed again."""
    fila = apartadas.suprimir(session, hecho.persona_id, hecho.supresion_id)
    olvidar_respuestas(session, [hecho.persona_id])
    if fila.certificado_id is not None:
        apartadas.confirmar(session, fila, "reportes", ReportesPurgada, {})
        return
    pedidos = session.scalars(select(Fuente.pedidos).where(Fuente.servicio == CASOS)).one()
    fila.cantidades = {_PEDIDO: pedidos, _CUANTOS: hecho.hechos}


def confirmar_leidas(session: Session, pedidos: int) -> None:
    """A reading ended that covers what was asked for up to `pedidos`: confirm who waits for it."""
    esperan = session.scalars(
        select(PersonaApartada)
        .where(
            PersonaApartada.situacion == Situacion.SUPRIMIDA,
            PersonaApartada.certificado_id.is_(None),
        )
        .order_by(PersonaApartada.persona_id)
        .with_for_update()
    ).all()
    for fila in esperan:
        if fila.cantidades[_PEDIDO] <= pedidos:
            borrado = {HECHOS: fila.cantidades[_CUANTOS]}
            apartadas.confirmar(session, fila, "reportes", ReportesPurgada, borrado)
