"""What goes of reports of discrimination when somebody is erased: every word, and no code."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from casos.comunidad.discriminacion.models import PasoDeReporte, ReporteDeDiscriminacion


def vaciar(session: Session, casos: Sequence[UUID], fichas: Sequence[UUID]) -> None:
    """Forget what was written in the reports of these cases and of these people."""
    suyos = or_(
        ReporteDeDiscriminacion.caso_id.in_(casos), ReporteDeDiscriminacion.persona_id.in_(fichas)
    )
    ids = select(ReporteDeDiscriminacion.id).where(suyos)
    for orden in (
        update(PasoDeReporte).where(PasoDeReporte.reporte_id.in_(ids)).values(nota=None),
        update(ReporteDeDiscriminacion).where(suyos).values(que_paso="", institucion_otra=None),
    ):
        session.execute(orden.execution_options(synchronize_session=False))
