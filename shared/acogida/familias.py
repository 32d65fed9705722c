"""With whom the people of the demonstration live, and who represents the children."""

import json
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.hogares import actions as hogares
from casos.hogares.actions import Lugar, NuevoIntegrante
from casos.hogares.catalogo import catalogo
from casos.hogares.models import Hogar
from casos.personas import actions as personas
from casos.personas.models import Contacto, TipoContacto, indice_contacto
from casos.personas.schemas import NuevaPersonaSchema
from casos.representantes import actions as representantes
from casos.representantes.actions import NuevoRepresentante
from casos.vinculos import actions as vinculos
from casos.vinculos.actions import NuevoVinculo
from oficina import clock
from oficina.actor import Actor
from oficina.db import Database


def contar(db: Database, quien: Actor) -> None:
    """Write down the households of the demonstration, unless there is one."""
    todo = json.loads((files("acogida") / "familias.json").read_text(encoding="utf-8"))
    with db.begin() as session:
        if session.scalar(select(Hogar.id).limit(1)) is not None:
            return
        for hogar in todo["hogares"]:
            _hogar(session, hogar, todo["representante"], quien)
        vinculo = todo["vinculo"]
        nuevo = NuevoVinculo(tipo=vinculo["tipo"], nombre=vinculo["nombre"])
        de_quien = _de_correo(session, vinculo["correo"])
        vinculos.anotar(session, de_quien, nuevo, quien, clock.now())


def _hogar(
    session: Session, dato: Mapping[str, Any], representante: Mapping[str, Any], quien: Actor
) -> None:
    ahora = clock.now()
    jefatura = _de_correo(session, dato["jefatura"])
    hogares.formar(session, jefatura, Lugar(rol=catalogo().jefatura), quien, ahora)
    for uno in dato["integrantes"]:
        nacida = date(clock.today().year - uno["edad"], 1, 15).isoformat()
        ficha = NuevaPersonaSchema().load(uno["ficha"] | {"fecha_nacimiento": nacida})
        suya = personas.registrar(session, ficha, quien, ahora)
        nuevo = NuevoIntegrante(persona_id=suya.id, rol=uno["rol"], version=None)
        hogares.agregar(session, jefatura, nuevo, quien, ahora)
        vinculo = NuevoVinculo(tipo="progenitor", otra_id=jefatura)
        vinculos.anotar(session, suya.id, vinculo, quien, ahora)
        madre = NuevoRepresentante(otra_id=jefatura, **representante)
        representantes.anotar(session, suya.id, madre, quien, ahora)


def _de_correo(session: Session, correo: str) -> UUID:
    indice = indice_contacto(TipoContacto.CORREO, correo)
    return session.scalars(select(Contacto.persona_id).where(Contacto.indice == indice)).one()
