"""The one place that moves a programme's money.

Each movement is one UPDATE that says itself what must hold (enough is left), so two at the same
time never both count on the same pesos, on SQLite and on PostgreSQL alike; and one line of the
ledger with what was left after it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from casos.programas.models import MovimientoPresupuesto, Presupuesto, TipoMovimiento
from casos.programas.reglas import reglas
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto
from oficina.events.casos import PresupuestoUmbral
from oficina.texts import N_


class SinPresupuesto(Conflicto):
    """There is not so much left."""

    title = N_("No queda presupuesto suficiente")

    def __init__(self, monto_clp: int) -> None:
        super().__init__(
            _("El presupuesto disponible del programa no alcanza para este monto."),
            monto_clp=monto_clp,
        )


def mover(  # noqa: PLR0917  a line of the ledger has as many parts
    session: Session,
    programa_id: UUID,
    tipo: TipoMovimiento,
    monto_clp: int,
    quien: str,
    ahora: datetime,
    *,
    respaldo: str = "",
) -> MovimientoPresupuesto:
    """Move so many pesos. Raises SinPresupuesto when that many are not left (or not promised).

    An assignment may be negative: what is taken back must not be promised.
    """
    fila = session.execute(
        update(Presupuesto)
        .where(Presupuesto.programa_id == programa_id, _alcanza(tipo, monto_clp))
        .values(_cambios(tipo, monto_clp))
        .returning(Presupuesto)
        .execution_options(populate_existing=True, synchronize_session=False)
    ).scalar_one_or_none()
    if fila is None:
        raise SinPresupuesto(monto_clp)
    movimiento = MovimientoPresupuesto(
        programa_id=programa_id,
        tipo=tipo,
        monto_clp=monto_clp,
        disponible_clp=fila.disponible_clp,
        respaldo=respaldo,
        actor_nombre=quien,
        ocurrido_en=ahora,
    )
    session.add(movimiento)
    _avisar(session, fila)
    return movimiento


_DISPONIBLE = Presupuesto.asignado_clp - Presupuesto.reservado_clp - Presupuesto.entregado_clp


def _alcanza(tipo: TipoMovimiento, monto: int) -> ColumnElement[bool]:
    match tipo:
        case TipoMovimiento.ASIGNACION:
            return _DISPONIBLE + monto >= 0
        case TipoMovimiento.RESERVA:
            return monto <= _DISPONIBLE
        case TipoMovimiento.LIBERACION | TipoMovimiento.ENTREGA:
            return Presupuesto.reservado_clp >= monto


def _cambios(tipo: TipoMovimiento, monto: int) -> dict[Any, Any]:
    match tipo:
        case TipoMovimiento.ASIGNACION:
            return {Presupuesto.asignado_clp: Presupuesto.asignado_clp + monto}
        case TipoMovimiento.RESERVA:
            return {Presupuesto.reservado_clp: Presupuesto.reservado_clp + monto}
        case TipoMovimiento.LIBERACION:
            return {Presupuesto.reservado_clp: Presupuesto.reservado_clp - monto}
        case TipoMovimiento.ENTREGA:
            return {
                Presupuesto.reservado_clp: Presupuesto.reservado_clp - monto,
                Presupuesto.entregado_clp: Presupuesto.entregado_clp + monto,
            }


def _avisar(session: Session, fila: Presupuesto) -> None:
    """Tell the highest percentage that was reached and not told; more money lowers it again."""
    alcanzado = reglas().umbral(fila.asignado_clp, fila.reservado_clp + fila.entregado_clp)
    if alcanzado > fila.umbral:
        emitir(session, PresupuestoUmbral(programa_id=fila.programa_id, porcentaje=alcanzado))
    if alcanzado != fila.umbral:
        fila.umbral = alcanzado
