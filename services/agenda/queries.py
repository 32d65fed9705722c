"""What can be asked of the agenda: read-only. Which of it a reader may see is asked of casos
(`directorio.a_la_vista`); to the others an appointment is an hour that is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, union
from sqlalchemy.orm import Session

from agenda.models import Cita
from agenda.states import Estado
from oficina.accesos import UsoDeCuenta
from oficina.clock import ZONA
from oficina.errors import NoEncontrado

LIMITE = 500


@dataclass(frozen=True, kw_only=True)
class Filtro:
    """What to look for; an empty field does not narrow. Days are Chile's, both included."""

    desde: date | None = None
    hasta: date | None = None
    persona_id: UUID | None = None
    caso_id: UUID | None = None
    profesional_id: UUID | None = None
    organizacion_id: UUID | None = None
    estado: Estado | None = None


def cita_por_id(session: Session, cita_id: UUID) -> Cita:
    """The appointment; raises NoEncontrado."""
    cita = session.get(Cita, cita_id)
    if cita is None:
        raise NoEncontrado
    return cita


def citas(session: Session, filtro: Filtro) -> Sequence[Cita]:
    """Appointments in the order of their time, at most `LIMITE`."""
    query = select(Cita).where(*_conditions(filtro)).order_by(Cita.inicia_en, Cita.id)
    return session.scalars(query.limit(LIMITE)).all()


def de_persona(session: Session, persona_id: UUID) -> Sequence[Cita]:
    """Every appointment of a person, the oldest first."""
    return session.scalars(
        select(Cita).where(Cita.persona_id == persona_id).order_by(Cita.inicia_en, Cita.id)
    ).all()


def comienzo(dia: date) -> datetime:
    """The first moment of a day in Chile."""
    return datetime.combine(dia, time(), ZONA)


def _conditions(filtro: Filtro) -> list[ColumnElement[bool]]:
    conditions = []
    if filtro.desde:
        conditions.append(Cita.inicia_en >= comienzo(filtro.desde))
    if filtro.hasta:
        conditions.append(Cita.inicia_en < comienzo(filtro.hasta + timedelta(days=1)))
    exactas = (
        *(Cita.persona_id, Cita.caso_id, Cita.profesional_id),
        *(Cita.organizacion_id, Cita.estado),
    )
    for columna in exactas:
        valor = getattr(filtro, columna.key)
        if valor is not None:
            conditions.append(columna == valor)
    return conditions


def alcanzadas(session: Session, uso: UsoDeCuenta) -> Sequence[UUID]:
    """Whom the appointments that an account touched are with, and what else it touched."""
    cosas = uso.cosas()
    suyas = Cita.id.in_(cosas)
    de_ellas = (select(columna).where(suyas) for columna in (Cita.persona_id, Cita.caso_id))
    return [uno for uno in session.scalars(union(cosas, *de_ellas)) if uno is not None]
