"""What can be asked of programmes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from casos.convenios.models import Convenio
from casos.programas.models import (
    MovimientoPresupuesto,
    Presupuesto,
    Programa,
    RequisitosDePrograma,
)
from casos.programas.states import Estado
from oficina.errors import NoEncontrado

MAXIMO = 200


def programa_por_id(session: Session, programa_id: UUID, *, bloquear: bool = False) -> Programa:
    """A programme with its agreement and its budget; locked, without them, if it is to change."""
    consulta = select(Programa).where(Programa.id == programa_id)
    if bloquear:
        consulta = consulta.with_for_update().execution_options(populate_existing=True)
    else:
        consulta = consulta.options(
            joinedload(Programa.convenio).joinedload(Convenio.institucion),
            joinedload(Programa.presupuesto),
        )
    programa = session.scalar(consulta)
    if programa is None:
        raise NoEncontrado
    return programa


def programa_por_codigo(session: Session, codigo: str) -> Programa | None:
    """The programme that the municipality calls so, or has that folio."""
    return session.scalar(
        select(Programa)
        .where(or_(Programa.codigo == codigo, Programa.folio == codigo))
        .order_by(Programa.folio == codigo)
        .limit(1)
    )


def programas(session: Session, *, todos: bool = False) -> Sequence[Programa]:
    """Programmes with their budget, the open ones first; without `todos`, no closed one."""
    consulta = select(Programa).options(joinedload(Programa.presupuesto))
    if not todos:
        consulta = consulta.where(Programa.estado != Estado.CERRADO)
    orden = (Programa.estado != Estado.ABIERTO, Programa.anio.desc(), Programa.nombre, Programa.id)
    return session.scalars(consulta.order_by(*orden)).all()


def requisitos_de(session: Session, programa_id: UUID) -> RequisitosDePrograma | None:
    """What a programme asks for now; None while nobody has written it."""
    return session.scalar(
        select(RequisitosDePrograma)
        .where(RequisitosDePrograma.programa_id == programa_id)
        .order_by(RequisitosDePrograma.numero.desc())
        .limit(1)
    )


def presupuesto_de(session: Session, programa_id: UUID) -> Presupuesto:
    """The money of a programme, as it is now."""
    return session.scalars(
        select(Presupuesto)
        .where(Presupuesto.programa_id == programa_id)
        .execution_options(populate_existing=True)
    ).one()


def movimientos(session: Session, programa_id: UUID) -> Sequence[MovimientoPresupuesto]:
    """The last lines of the ledger, the newest first."""
    return session.scalars(
        select(MovimientoPresupuesto)
        .where(MovimientoPresupuesto.programa_id == programa_id)
        .order_by(MovimientoPresupuesto.id.desc())
        .limit(MAXIMO)
    ).all()
