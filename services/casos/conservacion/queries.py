"""Which closed cases are past their period."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.conservacion.models import Conservacion
from casos.expedientes.models import Caso
from casos.expedientes.states import TERMINADOS
from oficina.clock import real_now
from oficina.retencion import periodos

CERRADO, CONSERVADO = "casos.caso.cerrado", "casos.caso.conservado"
LIMITE = 100


def vencidos(limite: datetime) -> Select[Any]:
    """Closed cases whose period has passed and that nobody decided to keep for longer."""
    conservados = select(Conservacion.caso_id).where(Conservacion.hasta > real_now())
    return select(Caso.id).where(
        Caso.estado.in_(TERMINADOS), Caso.cerrado_en < limite, Caso.id.not_in(conservados)
    )


def por_decidir(session: Session, alcance: Alcance) -> Sequence[Caso]:
    """Those about which the reader decides, the oldest first, at most `LIMITE`."""
    ids = vencidos(periodos().clases[CERRADO].limite(real_now()))
    query = (
        select(Caso)
        .where(Caso.id.in_(ids), alcance.conservables())
        .order_by(Caso.cerrado_en, Caso.id)
    )
    return session.scalars(query.limit(LIMITE)).all()
