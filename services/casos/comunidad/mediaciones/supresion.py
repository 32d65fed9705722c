"""What goes of mediations when somebody is erased.

Of their own case all that was written. In that of somebody else they stay as a party without a
name: what they promised and which sessions they came to belongs to the other side too, but for the
words.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from casos.comunidad.mediaciones.models import (
    CompromisoDeMediacion,
    Mediacion,
    ParteDeMediacion,
    SeguimientoDeMediacion,
    SesionDeMediacion,
)


def vaciar(session: Session, casos: Sequence[UUID], fichas: Sequence[UUID]) -> None:
    """Forget what was written in the mediations of these cases, and of these people elsewhere."""
    suyas = select(Mediacion.id).where(Mediacion.caso_id.in_(casos))
    con_ella = select(ParteDeMediacion.mediacion_id).where(ParteDeMediacion.persona_id.in_(fichas))
    ella = select(ParteDeMediacion.id).where(ParteDeMediacion.persona_id.in_(fichas))
    _poner(
        session,
        CompromisoDeMediacion,
        or_(
            CompromisoDeMediacion.mediacion_id.in_(suyas), CompromisoDeMediacion.parte_id.in_(ella)
        ),
        que="",
    )
    # What was noted of a session, and of how the agreement holds, names whoever was there.
    de_alguna = (suyas, con_ella)
    for tabla, nada in (
        (SesionDeMediacion, {"notas": None, "lugar": ""}),
        (SeguimientoDeMediacion, {"nota": None}),
    ):
        _poner(session, tabla, or_(*(tabla.mediacion_id.in_(una) for una in de_alguna)), **nada)
    _poner(
        session,
        Mediacion,
        or_(*(Mediacion.id.in_(una) for una in de_alguna)),
        asunto="",
        termino_nota=None,
    )
    _poner(session, ParteDeMediacion, ParteDeMediacion.mediacion_id.in_(suyas), nombre=None)


def _poner(session: Session, tabla: type[Any], cuales: Any, **valores: Any) -> None:
    orden = update(tabla).where(cuales).values(valores)
    session.execute(orden.execution_options(synchronize_session=False))
