"""What can be asked of proposed closings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.cierres.models import CierrePropuesto, EstadoPropuesta
from casos.expedientes.models import Caso


@dataclass(frozen=True)
class PorAprobar:
    """A closing that waits for the reader."""

    caso_id: UUID
    folio: str
    propuesto_por: str


def pendiente(session: Session, caso_id: UUID, *, bloquear: bool = False) -> CierrePropuesto | None:
    """The closing of a case that waits for a second person, if any."""
    consulta = _pendiente()
    if bloquear:
        consulta = consulta.with_for_update()
    return session.scalar(consulta, {"caso_id": caso_id})


@cache
def _pendiente() -> Select[CierrePropuesto]:
    return select(CierrePropuesto).where(
        CierrePropuesto.caso_id == bindparam("caso_id"),
        CierrePropuesto.estado == EstadoPropuesta.PENDIENTE,
    )


def puede_decidir(caso: Caso, propuesta: CierrePropuesto, quien: UUID) -> bool:
    """Whether somebody is a second person: neither who proposed it nor who answers for the case."""
    return quien not in {propuesta.propuesto_por_id, caso.responsable_id}


def esperan_a(quien: UUID) -> ColumnElement[bool]:
    """Cases with a closing that somebody, who may decide, did not propose nor answers for."""
    propuestas = select(CierrePropuesto.caso_id).where(
        CierrePropuesto.estado == EstadoPropuesta.PENDIENTE,
        CierrePropuesto.propuesto_por_id != quien,
    )
    ajeno = or_(Caso.responsable_id.is_(None), Caso.responsable_id != quien)
    return Caso.id.in_(propuestas) & ajeno


def por_aprobar(session: Session, alcance: Alcance) -> Sequence[PorAprobar]:
    """The closings that wait for the reader, the oldest first."""
    filas = session.execute(
        select(Caso.id, Caso.folio, CierrePropuesto.propuesto_por)
        .join(CierrePropuesto, CierrePropuesto.caso_id == Caso.id)
        .where(
            CierrePropuesto.estado == EstadoPropuesta.PENDIENTE,
            alcance.casos(),
            esperan_a(alcance.quien),
        )
        .order_by(CierrePropuesto.id)
    )
    return [PorAprobar(*fila) for fila in filas]
