"""What can be asked of proposals."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from casos.red.models import EstadoServicio, Institucion, ServicioRed
from casos.red.propuestas.models import PropuestaRed
from casos.red.propuestas.states import EstadoPropuestaRed
from oficina.errors import NoEncontrado

MAXIMO = 200
"""So many are shown at most."""


def propuestas(session: Session, *, todas: bool = False) -> Sequence[PropuestaRed]:
    """Those that wait, the oldest first; or the last ones of all."""
    consulta = select(PropuestaRed).options(
        joinedload(PropuestaRed.servicio).joinedload(ServicioRed.institucion)
    )
    if todas:
        consulta = consulta.order_by(PropuestaRed.id.desc())
    else:
        pendiente = PropuestaRed.estado == EstadoPropuestaRed.PENDIENTE
        consulta = consulta.where(pendiente).order_by(PropuestaRed.id)
    return session.scalars(consulta.limit(MAXIMO)).all()


def cuantas_esperan(session: Session) -> int:
    """How many proposals nobody has decided."""
    pendiente = PropuestaRed.estado == EstadoPropuestaRed.PENDIENTE
    return session.scalar(select(func.count(PropuestaRed.id)).where(pendiente)) or 0


def propuesta_por_id(session: Session, propuesta_id: UUID) -> PropuestaRed:
    """A proposal with its service; raises NoEncontrado."""
    propuesta = session.scalar(
        select(PropuestaRed)
        .where(PropuestaRed.id == propuesta_id)
        .options(
            joinedload(PropuestaRed.servicio).joinedload(ServicioRed.institucion),
            joinedload(PropuestaRed.unida_a).joinedload(ServicioRed.institucion),
        )
    )
    if propuesta is None:
        raise NoEncontrado
    return propuesta


def catalogados(session: Session) -> Sequence[ServicioRed]:
    """The services that a proposal can turn out to be."""
    return session.scalars(
        select(ServicioRed)
        .join(ServicioRed.institucion)
        .where(
            ServicioRed.catalogado.is_(True),
            ServicioRed.estado != EstadoServicio.INACTIVO,
            Institucion.activa.is_(True),
        )
        .options(joinedload(ServicioRed.institucion))
        .order_by(Institucion.nombre, ServicioRed.nombre)
    ).all()
