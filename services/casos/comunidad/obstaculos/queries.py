"""What can be asked of obstacles."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from casos.comunidad.obstaculos.models import Obstaculo, PasoDeObstaculo
from casos.comunidad.obstaculos.reglas import reglas
from casos.comunidad.obstaculos.schemas import Filtro
from casos.comunidad.obstaculos.states import VIVOS, Accion
from casos.red.models import Institucion
from oficina.errors import NoEncontrado


def obstaculo_por_id(session: Session, obstaculo_id: UUID, *, bloquear: bool = False) -> Obstaculo:
    """An obstacle with its institution, locked if it is to change; raises NoEncontrado."""
    consulta = (
        select(Obstaculo)
        .where(Obstaculo.id == obstaculo_id)
        .options(joinedload(Obstaculo.institucion))
    )
    if bloquear:
        consulta = consulta.with_for_update(of=Obstaculo).execution_options(populate_existing=True)
    uno = session.scalar(consulta)
    if uno is None:
        raise NoEncontrado
    return uno


def vivo(session: Session, institucion_id: UUID, tipo: str) -> Obstaculo | None:
    """The obstacle of a kind at an institution that has not ended, locked."""
    return session.scalar(
        select(Obstaculo)
        .where(
            Obstaculo.institucion_id == institucion_id,
            Obstaculo.tipo == tipo,
            Obstaculo.estado.in_(VIVOS),
        )
        .with_for_update()
    )


def obstaculos(session: Session, filtro: Filtro) -> Sequence[Obstaculo]:
    """Those that a filter lets through, by institution, the most frequent on top."""
    consulta = (
        select(Obstaculo)
        .join(Obstaculo.institucion)
        .options(joinedload(Obstaculo.institucion))
        .order_by(Institucion.nombre, Obstaculo.veces.desc(), Obstaculo.id)
    )
    if filtro.estado is None:
        consulta = consulta.where(Obstaculo.estado.in_(VIVOS))
    else:
        consulta = consulta.where(Obstaculo.estado == filtro.estado)
    if filtro.institucion_id is not None:
        consulta = consulta.where(Obstaculo.institucion_id == filtro.institucion_id)
    if filtro.tipo is not None:
        consulta = consulta.where(Obstaculo.tipo == filtro.tipo)
    return session.scalars(consulta).all()


def pasos(session: Session, obstaculo_id: UUID) -> Sequence[PasoDeObstaculo]:
    """What happened with it, the last on top."""
    return session.scalars(
        select(PasoDeObstaculo)
        .where(PasoDeObstaculo.obstaculo_id == obstaculo_id)
        .order_by(PasoDeObstaculo.ocurrido_en.desc(), PasoDeObstaculo.id.desc())
    ).all()


def es_recurrente(session: Session, obstaculo_id: UUID, hoy: date) -> bool:
    """Whether it was met as often, lately, as the rules say that it rises."""
    veces = session.scalar(
        select(func.count())
        .select_from(PasoDeObstaculo)
        .where(
            PasoDeObstaculo.obstaculo_id == obstaculo_id,
            PasoDeObstaculo.accion == Accion.ANOTAR,
            PasoDeObstaculo.dia > hoy - timedelta(days=reglas().dias),
        )
    )
    return (veces or 0) >= reglas().veces
