"""What the library begins with: sheets that this version brings, as drafts to be reviewed."""

import json
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.orientaciones.actions import NuevaFicha, crear
from casos.orientaciones.models import FichaOrientacion
from casos.orientaciones.schemas import NuevaFichaSchema
from oficina import clock
from oficina.actor import Actor

SISTEMA = Actor.sistema("casos")


def sembrar(session: Session) -> int:
    """Write down the sheets whose code there is not yet; what the office did with one stays.

    Returns how many there were.
    """
    hay = set(session.scalars(select(FichaOrientacion.codigo)))
    datos = json.loads((files("casos.orientaciones") / "fichas.json").read_text(encoding="utf-8"))
    nuevas: list[NuevaFicha] = [
        NuevaFichaSchema().load(una) for una in datos["fichas"] if una["codigo"] not in hay
    ]
    for una in nuevas:
        crear(session, una, SISTEMA, clock.now())
    return len(nuevas)
