"""What the demonstration adds to what an office knows: sub-themes, and published sheets."""

import json
from datetime import timedelta
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.orientaciones.actions import publicar
from casos.orientaciones.models import FichaOrientacion, Revision
from casos.orientaciones.states import Estado
from casos.subtemas import actions as subtemas
from casos.subtemas.models import Subtema
from casos.subtemas.schemas import NuevoSubtemaSchema
from oficina import clock
from oficina.actor import Actor
from oficina.db import Database


def preparar(db: Database, quien: Actor) -> None:
    """Write down what is not there yet; what people changed since stays as they left it."""
    with db.begin() as session:
        _subtemas(session, quien)
        _fichas(session, quien)


def _subtemas(session: Session, quien: Actor) -> None:
    if session.scalar(select(Subtema.id).limit(1)) is not None:
        return
    for dato in json.loads((files("acogida") / "subtemas.json").read_text(encoding="utf-8")):
        subtemas.crear(session, NuevoSubtemaSchema().load(dato), quien, clock.now())


def _fichas(session: Session, quien: Actor) -> None:
    """Publish the library but its last sheet, which waits as a draft; one is past its review."""
    ya = select(FichaOrientacion.id).where(FichaOrientacion.estado != Estado.BORRADOR)
    if session.scalar(ya.limit(1)) is not None:
        return
    hoy, ahora = clock.today(), clock.now()
    borradores = session.scalars(
        select(FichaOrientacion)
        .where(FichaOrientacion.estado == Estado.BORRADOR)
        .order_by(FichaOrientacion.codigo)
    ).all()
    for lugar, ficha in enumerate(borradores[:-1]):
        revision = Revision(
            revisada_por="Persona inventada, demostración",
            vigente_desde=hoy - timedelta(days=200),
            vigente_hasta=None,
            revisar_el=hoy - timedelta(days=10) if lugar == 0 else hoy + timedelta(days=170),
            por_confirmar=True,
        )
        publicar(session, ficha.id, revision, ficha.version, actor=quien, ahora=ahora)
