"""What the demonstration adds to what an office knows: sub-themes of its own."""

import json
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

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


def _subtemas(session: Session, quien: Actor) -> None:
    if session.scalar(select(Subtema.id).limit(1)) is not None:
        return
    for dato in json.loads((files("acogida") / "subtemas.json").read_text(encoding="utf-8")):
        subtemas.crear(session, NuevoSubtemaSchema().load(dato), quien, clock.now())
