"""What can be asked of requests about somebody's data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from casos.derechos.models import SolicitudDerecho
from casos.derechos.states import PENDIENTES, Derecho, Estado
from casos.plazos.models import Plazo
from oficina.errors import NoEncontrado

MAXIMO = 200


@dataclass(frozen=True)
class FilaSolicitud:
    """A request in the tray, with its clock."""

    solicitud: SolicitudDerecho
    plazo: Plazo


@dataclass(frozen=True)
class SeguimientoDeSolicitud:
    """How a request stands, for the service that writes about it."""

    folio: str
    derecho: Derecho
    estado: Estado
    vence_en: datetime


def solicitud_por_id(
    session: Session, solicitud_id: UUID, *, bloquear: bool = False
) -> SolicitudDerecho:
    """A request; with `bloquear` it stays locked. Raises NoEncontrado."""
    consulta = select(SolicitudDerecho).where(SolicitudDerecho.id == solicitud_id)
    if bloquear:
        consulta = consulta.with_for_update().execution_options(populate_existing=True)
    hallada = session.scalar(consulta)
    if hallada is None:
        raise NoEncontrado
    return hallada


def con_historia(session: Session, solicitud_id: UUID) -> FilaSolicitud:
    """A request with its person, its history and its clock; raises NoEncontrado."""
    fila = session.execute(
        select(SolicitudDerecho, Plazo)
        .join(Plazo, Plazo.solicitud_id == SolicitudDerecho.id)
        .where(SolicitudDerecho.id == solicitud_id)
        .options(joinedload(SolicitudDerecho.persona), selectinload(SolicitudDerecho.pasos))
    ).one_or_none()
    if fila is None:
        raise NoEncontrado
    return FilaSolicitud(*fila)


def bandeja(session: Session, *, todas: bool = False) -> Sequence[FilaSolicitud]:
    """The requests that wait, the one that is due first on top; with `todas`, then the answered
    ones, the newest first. At most `MAXIMO`.
    """
    pendiente = SolicitudDerecho.estado.in_(PENDIENTES)
    consulta = (
        select(SolicitudDerecho, Plazo)
        .join(Plazo, Plazo.solicitud_id == SolicitudDerecho.id)
        .options(joinedload(SolicitudDerecho.persona))
        .order_by(
            case((pendiente, 0), else_=1),
            case((pendiente, Plazo.vence_en)),
            SolicitudDerecho.id.desc(),
        )
        .limit(MAXIMO)
    )
    if not todas:
        consulta = consulta.where(pendiente)
    return [FilaSolicitud(*fila) for fila in session.execute(consulta)]


def seguimiento(
    session: Session, solicitud_id: UUID, *, recibida_por: UUID | None = None
) -> SeguimientoDeSolicitud:
    """How a request stands; with `recibida_por`, one that they took in. Raises NoEncontrado."""
    suya = true() if recibida_por is None else SolicitudDerecho.recibida_por_id == recibida_por
    fila = session.execute(
        select(
            SolicitudDerecho.folio,
            SolicitudDerecho.derecho,
            SolicitudDerecho.estado,
            Plazo.vence_en,
        )
        .join(Plazo, Plazo.solicitud_id == SolicitudDerecho.id)
        .where(SolicitudDerecho.id == solicitud_id, suya)
    ).one_or_none()
    if fila is None:
        raise NoEncontrado
    return SeguimientoDeSolicitud(*fila)
