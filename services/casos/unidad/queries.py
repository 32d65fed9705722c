"""What a municipal unit can ask: the derivations that were sent to it, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import Session, joinedload, selectinload

from casos.alcance import Alcance
from casos.derivaciones.models import Derivacion
from casos.derivaciones.queries import proximo_de_la_institucion
from casos.derivaciones.states import ACTIVAS, Estado
from casos.red.models import ServicioRed
from oficina.errors import NoEncontrado

LIMITE = 200


@dataclass(frozen=True, kw_only=True)
class FiltroRecibidas:
    """Which derivations of the tray. `folio` is a part of it; `tema` one that its service answers
    to, or one below it.
    """

    estado: str = "todas"
    atrasadas: bool = False
    servicio_id: UUID | None = None
    tema: str = ""
    folio: str = ""


@dataclass(frozen=True)
class Recibida:
    """A derivation in the tray, and until when the unit should do the next thing."""

    derivacion: Derivacion
    vence_en: datetime | None


def recibidas(
    session: Session, alcance: Alcance, filtro: FiltroRecibidas, ahora: datetime
) -> Sequence[Recibida]:
    """The derivations to the reader's unit: those that wait first, what is due first among them,
    then the newest. At most `LIMITE` of them.
    """
    plazo = proximo_de_la_institucion()
    condiciones = _condiciones(session, filtro, alcance)
    if filtro.atrasadas:
        condiciones.append(plazo.c.vence_en < ahora)
    filas = session.execute(
        select(Derivacion, plazo.c.vence_en)
        .outerjoin(plazo, plazo.c.derivacion_id == Derivacion.id)
        .where(alcance.derivaciones_a_mi_unidad(), *condiciones)
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


def servicios_pedidos(session: Session, alcance: Alcance) -> Sequence[ServicioRed]:
    """The services for which something was ever derived to the reader's unit, by name."""
    pedidos = select(Derivacion.servicio_id).where(alcance.derivaciones_a_mi_unidad())
    return session.scalars(
        select(ServicioRed).where(ServicioRed.id.in_(pedidos)).order_by(ServicioRed.nombre)
    ).all()


def _condiciones(
    session: Session, filtro: FiltroRecibidas, alcance: Alcance
) -> list[ColumnElement[bool]]:
    condiciones: list[ColumnElement[bool]] = []
    if filtro.estado == "esperan":
        condiciones.append(Derivacion.estado.in_(ACTIVAS))
    elif filtro.estado != "todas":
        condiciones.append(Derivacion.estado == Estado(filtro.estado))
    if filtro.servicio_id is not None:
        condiciones.append(Derivacion.servicio_id == filtro.servicio_id)
    if filtro.folio:
        condiciones.append(Derivacion.folio.icontains(filtro.folio, autoescape=True))
    if filtro.tema:
        # A unit has few services: their themes are a list in each.
        suyos = [
            uno.id
            for uno in servicios_pedidos(session, alcance)
            if any(f"{tema}.".startswith(f"{filtro.tema}.") for tema in uno.temas)
        ]
        condiciones.append(Derivacion.servicio_id.in_(suyos))
    return condiciones


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
