"""The one place that moves goods, as `casos.programas.presupuesto` moves money."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.orm import Session

from casos.programas.entregas.models import Articulo, MovimientoExistencia, TipoExistencia
from oficina.errors import Conflicto
from oficina.texts import N_


class SinExistencias(Conflicto):
    """There are not so many left."""

    title = N_("No quedan existencias suficientes")

    def __init__(self, cantidad: int) -> None:
        super().__init__(_("No quedan tantas unidades de ese artículo."), cantidad=cantidad)


def mover(  # noqa: PLR0917  a line of the ledger has as many parts
    session: Session,
    articulo_id: UUID,
    tipo: TipoExistencia,
    cantidad: int,
    quien: str,
    ahora: datetime,
    *,
    respaldo: str,
    entrega_id: UUID | None = None,
) -> MovimientoExistencia:
    """Move so many: what goes out is taken away, an adjustment has its sign. Raises SinExistencias
    when they are not there.
    """
    cambio = -cantidad if tipo is TipoExistencia.SALIDA else cantidad
    articulo = session.execute(
        update(Articulo)
        .where(Articulo.id == articulo_id, Articulo.existencias + cambio >= 0)
        .values(existencias=Articulo.existencias + cambio)
        .returning(Articulo)
        .execution_options(populate_existing=True, synchronize_session=False)
    ).scalar_one_or_none()
    if articulo is None:
        raise SinExistencias(cantidad)
    movimiento = MovimientoExistencia(
        articulo_id=articulo.id,
        entrega_id=entrega_id,
        tipo=tipo,
        cantidad=cantidad,
        quedan=articulo.existencias,
        respaldo=respaldo,
        actor_nombre=quien,
        ocurrido_en=ahora,
    )
    session.add(movimiento)
    return movimiento
