"""What a municipal unit can ask: the derivations that were sent to it, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import Session, joinedload, selectinload

from casos.alcance import Alcance
from casos.derivaciones.models import Derivacion
from casos.derivaciones.queries import proximo_de_la_institucion
from casos.derivaciones.states import ACTIVAS
from oficina.errors import NoEncontrado

LIMITE = 200


@dataclass(frozen=True)
class Recibida:
    """A derivation in the tray, and until when the unit should do the next thing."""

    derivacion: Derivacion
    vence_en: datetime | None


def recibidas(session: Session, alcance: Alcance) -> Sequence[Recibida]:
    """The derivations to the reader's unit: those that wait first, what is due first among them,
    then the newest.
    """
    plazo = proximo_de_la_institucion()
    filas = session.execute(
        select(Derivacion, plazo.c.vence_en)
        .outerjoin(plazo, plazo.c.derivacion_id == Derivacion.id)
        .where(alcance.derivaciones_a_mi_unidad())
        .options(joinedload(Derivacion.servicio), joinedload(Derivacion.institucion))
        .order_by(
            case((Derivacion.estado.in_(ACTIVAS), 0), else_=1),
            case((plazo.c.vence_en.is_(None), 1), else_=0),
            plazo.c.vence_en,
            Derivacion.id.desc(),
        )
        .limit(LIMITE)
    )
    return [Recibida(derivacion, vence_en) for derivacion, vence_en in filas]


def recibida(session: Session, derivacion_id: UUID, alcance: Alcance) -> Derivacion:
    """One of them, with its answers. Raises NoEncontrado."""
    derivacion = session.scalar(
        select(Derivacion)
        .where(Derivacion.id == derivacion_id, alcance.derivaciones_a_mi_unidad())
        .options(
            joinedload(Derivacion.servicio),
            joinedload(Derivacion.institucion),
            selectinload(Derivacion.respuestas),
        )
    )
    if derivacion is None:
        raise NoEncontrado
    return derivacion
