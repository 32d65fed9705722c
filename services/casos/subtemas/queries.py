"""What can be asked of sub-themes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.atenciones.models import Atencion
from casos.expedientes.models import Caso, Hito, TipoHito
from casos.orientaciones.models import FichaOrientacion, Orientacion
from casos.red.models import ServicioRed
from casos.subtemas.models import Subtema
from oficina.errors import NoEncontrado

_DICEN_TEMA = (TipoHito.ABIERTO, TipoHito.ATENCION, TipoHito.ORIENTACION)


def subtemas(session: Session) -> Sequence[Subtema]:
    """Every one, also those that are offered no more."""
    return session.scalars(select(Subtema).order_by(Subtema.codigo)).all()


def subtema_por_id(session: Session, subtema_id: UUID, *, bloquear: bool = False) -> Subtema:
    """One, locked if it is to change; raises NoEncontrado."""
    consulta = select(Subtema).where(Subtema.id == subtema_id)
    if bloquear:
        consulta = consulta.with_for_update().execution_options(populate_existing=True)
    hallado = session.scalar(consulta)
    if hallado is None:
        raise NoEncontrado
    return hallado


def en_uso(session: Session, codigo: str) -> bool:
    """Whether anything was recorded under a code, or a sheet or a service of the network has it."""
    consultas = (
        select(Atencion.id).where(Atencion.tema == codigo),
        select(Caso.id).where(Caso.tema == codigo),
        select(Orientacion.id).where(Orientacion.tema == codigo),
        select(Hito.id).where(Hito.tipo.in_(_DICEN_TEMA), Hito.datos["tema"].as_string() == codigo),
    )
    if any(session.scalar(una.limit(1)) for una in consultas):
        return True
    listas = (select(ServicioRed.temas), select(FichaOrientacion.temas))
    return any(codigo in suyos for una in listas for suyos in session.scalars(una))
