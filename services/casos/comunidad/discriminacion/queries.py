"""What can be asked of reports of discrimination: always those that the reader may see."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from casos.alcance import Alcance, exigir_usable
from casos.comunidad.discriminacion.models import PasoDeReporte, ReporteDeDiscriminacion
from casos.comunidad.discriminacion.schemas import Filtro
from casos.comunidad.discriminacion.states import VIVOS
from casos.expedientes.queries import caso_por_id
from casos.personas.queries import persona_a_la_vista
from oficina.errors import NoEncontrado

_TODO = (
    joinedload(ReporteDeDiscriminacion.persona),
    joinedload(ReporteDeDiscriminacion.caso),
    joinedload(ReporteDeDiscriminacion.institucion),
)


def reporte_por_id(
    session: Session, reporte_id: UUID, alcance: Alcance, *, bloquear: bool = False
) -> ReporteDeDiscriminacion:
    """A report with its person, case and institution. With `bloquear` it is held, its case or its
    person before it, and must be the reader's work.

    Raises NoEncontrado, and what keeps its case or its person from the reader.
    """
    de_quien = session.execute(
        select(ReporteDeDiscriminacion.caso_id, ReporteDeDiscriminacion.persona_id).where(
            ReporteDeDiscriminacion.id == reporte_id
        )
    ).first()
    if de_quien is None:
        raise NoEncontrado
    if de_quien.caso_id is not None:
        caso_por_id(session, de_quien.caso_id, alcance, bloquear=bloquear)
    elif de_quien.persona_id is not None:
        persona_a_la_vista(session, de_quien.persona_id, alcance)
        if bloquear:
            exigir_usable(session, de_quien.persona_id, retener=True)
    consulta = (
        select(ReporteDeDiscriminacion)
        .where(ReporteDeDiscriminacion.id == reporte_id, alcance.reportes())
        .options(*_TODO)
    )
    if bloquear:
        consulta = consulta.with_for_update(of=ReporteDeDiscriminacion)
        consulta = consulta.execution_options(populate_existing=True)
    uno = session.scalar(consulta)
    if uno is None:
        raise NoEncontrado
    return uno


def reportes(
    session: Session, filtro: Filtro, alcance: Alcance
) -> Sequence[ReporteDeDiscriminacion]:
    """Those that a filter lets through, the newest on top."""
    consulta = (
        select(ReporteDeDiscriminacion)
        .where(alcance.reportes())
        .options(*_TODO)
        .order_by(ReporteDeDiscriminacion.id.desc())
    )
    if filtro.estado is None:
        consulta = consulta.where(ReporteDeDiscriminacion.estado.in_(VIVOS))
    for campo in ("estado", "motivo", "lugar", "via", "institucion_id"):
        if (valor := getattr(filtro, campo)) is not None:
            consulta = consulta.where(getattr(ReporteDeDiscriminacion, campo) == valor)
    return session.scalars(consulta).all()


def pasos(session: Session, reporte_id: UUID) -> Sequence[PasoDeReporte]:
    """What was done about a report that was read, the last on top."""
    return session.scalars(
        select(PasoDeReporte)
        .where(PasoDeReporte.reporte_id == reporte_id)
        .order_by(PasoDeReporte.ocurrido_en.desc(), PasoDeReporte.id.desc())
    ).all()


def de_persona(session: Session, persona_id: UUID) -> Sequence[ReporteDeDiscriminacion]:
    """Those that somebody made: for the copy of their data."""
    return session.scalars(
        select(ReporteDeDiscriminacion)
        .where(ReporteDeDiscriminacion.persona_id == persona_id)
        .options(joinedload(ReporteDeDiscriminacion.institucion))
        .order_by(ReporteDeDiscriminacion.id)
    ).all()
