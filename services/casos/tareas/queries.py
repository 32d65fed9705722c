"""What can be asked of tasks: always of cases that the reader may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Row, Select, and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.expedientes.models import Caso, Hito, TipoHito
from casos.expedientes.queries import caso_por_id
from casos.expedientes.queries import ultimo_hito as ultimo_de_caso
from casos.plazos.models import EstadoPlazo, Plazo
from casos.tareas.models import Tarea
from casos.tareas.states import EstadoTarea
from oficina.errors import NoEncontrado

# Without a clock that lives, the last two are None.
_Leida = Row[Tarea, str, datetime, EstadoPlazo]


@dataclass(frozen=True)
class FilaTarea:
    """A task with its case's folio and, while it waits, how its clock stands."""

    tarea: Tarea
    folio: str
    vence_en: datetime | None
    detenida: bool
    atrasada: bool


def tarea_por_id(
    session: Session, tarea_id: UUID, alcance: Alcance, *, bloquear: bool = False
) -> tuple[Tarea, Caso]:
    """A task and its case. With `bloquear` both are held, the case first, and it must be the
    reader's work. Raises NoEncontrado, and what `caso_por_id` raises.
    """
    caso_id = session.scalar(select(Tarea.caso_id).where(Tarea.id == tarea_id))
    if caso_id is None:
        raise NoEncontrado
    caso = caso_por_id(session, caso_id, alcance, bloquear=bloquear)
    consulta = select(Tarea).where(Tarea.id == tarea_id)
    if bloquear:
        consulta = consulta.with_for_update().execution_options(populate_existing=True)
    return session.scalars(consulta).one(), caso


def fila(session: Session, tarea_id: UUID, ahora: datetime) -> FilaTarea:
    """A task that was read, with its clock."""
    return fila_de(session.execute(con_reloj().where(Tarea.id == tarea_id)).one(), ahora)


def ultimo_hito(session: Session, tarea: Tarea) -> Hito | None:
    """The last line that the story of its case tells of a task."""
    return ultimo_de_caso(session, tarea.caso_id, TipoHito.TAREA, "tarea_id", tarea.id)


def de_caso(session: Session, caso: Caso, ahora: datetime) -> Sequence[FilaTarea]:
    """The tasks of a case that was read: those that wait first, the nearest on top."""
    filas = session.execute(_de_caso(), {"caso_id": caso.id})
    return [fila_de(una, ahora) for una in filas]


@cache
def _de_caso() -> Select[Tarea, str, datetime, EstadoPlazo]:
    return con_reloj().where(Tarea.caso_id == bindparam("caso_id"))


def abiertas_de_caso(session: Session, caso_id: UUID) -> int:
    """How many tasks of a case wait."""
    consulta = select(func.count()).where(
        Tarea.caso_id == caso_id, Tarea.estado == EstadoTarea.PENDIENTE
    )
    return session.scalar(consulta) or 0


def con_reloj() -> Select[Tarea, str, datetime, EstadoPlazo]:
    """Tasks with the folio of their case and the clock of those that wait."""
    vivo = Plazo.estado.in_((EstadoPlazo.CORRIENDO, EstadoPlazo.PAUSADO))
    return (
        select(Tarea, Caso.folio, Plazo.vence_en, Plazo.estado)
        .join(Caso, Caso.id == Tarea.caso_id)
        .outerjoin(Plazo, and_(Plazo.tarea_id == Tarea.id, vivo))
        .order_by(
            case((Tarea.estado == EstadoTarea.PENDIENTE, 0), else_=1),
            case((Plazo.estado == EstadoPlazo.PAUSADO, 1), else_=0),
            Plazo.vence_en,
            Tarea.id,
        )
    )


def fila_de(una: _Leida, ahora: datetime) -> FilaTarea:
    """A task that was read with its clock, as its reader sees it."""
    tarea, folio, vence_en, estado = una
    detenida = estado is EstadoPlazo.PAUSADO
    atrasada = not detenida and vence_en is not None and vence_en < ahora
    return FilaTarea(tarea, folio, vence_en, detenida, atrasada)
