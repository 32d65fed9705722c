"""The community's work of the demonstration, told by the services' actions."""

import json
from collections.abc import Mapping
from datetime import timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.comunidad.organizaciones import actions as organizaciones
from casos.comunidad.organizaciones.models import Organizacion
from casos.comunidad.organizaciones.schemas import (
    DatosOrganizacionSchema,
    NuevaDirectivaSchema,
)
from oficina import clock
from oficina.actor import Actor
from oficina.db import Database


def preparar(db: Database, profesional: Actor) -> None:
    """Write down what is not there yet; what people changed since stays as they left it."""
    todo = json.loads((files("acogida") / "comunidad.json").read_text(encoding="utf-8"))
    with db.begin() as session:
        if session.scalar(select(Organizacion.id).limit(1)) is None:
            for una in todo["organizaciones"]:
                _organizacion(session, una, profesional)


def _organizacion(session: Session, dato: Mapping[str, Any], quien: Actor) -> None:
    campos = {clave: valor for clave, valor in dato.items() if clave != "directiva"}
    ahora = clock.now()
    una = organizaciones.registrar(session, DatosOrganizacionSchema().load(campos), quien, ahora)
    if "directiva" in dato:
        elegida = dict(dato["directiva"])
        for clave in ("desde", "hasta", "consintieron_el"):
            if clave in elegida:
                elegida[clave] = str(clock.today() + timedelta(days=elegida[clave]))
        nueva = NuevaDirectivaSchema().load(elegida)
        organizaciones.registrar_directiva(session, una.id, nueva, quien, ahora)
