"""What can be done with several cases at once: each by the action that does it with one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from marshmallow import Schema
from sqlalchemy.orm import Session

from casos.accesos.actions import Responsable
from casos.alcance import Alcance
from casos.equipo import equipo
from casos.expedientes import actions as expedientes
from casos.expedientes import curso
from casos.expedientes.queries import caso_por_id
from casos.expedientes.schemas import NuevaPrioridad
from casos.lotes.schemas import (
    AsignacionDeVariosSchema,
    Elegido,
    PrioridadDeVariosSchema,
    TareaDeVariosSchema,
)
from casos.tareas import actions as tareas
from casos.tareas.schemas import NuevaTarea
from casos.tareas.vistas import quien_la_hace
from oficina.actor import Actor
from oficina.web.conditional import check_version


@dataclass(frozen=True)
class AccionDeLote:
    """One of them: what its button says beside the list, and what its page is called.

    `hacer` raises what the single action raises.
    """

    etiqueta: LazyString
    titulo: LazyString
    permiso: str
    schema: type[Schema]
    hacer: Callable[[Session, Elegido, Any, Actor, datetime], object]


def _asignar(
    session: Session, elegido: Elegido, datos: Any, actor: Actor, ahora: datetime
) -> object:
    responsable = equipo().responsable(datos["responsable_id"])
    assert responsable is not None  # noqa: S101  the field is required
    return expedientes.asignar(
        session, elegido.id, responsable, version=elegido.version, actor=actor, ahora=ahora
    )


def _agregar_tarea(
    session: Session, elegido: Elegido, datos: NuevaTarea, actor: Actor, ahora: datetime
) -> object:
    caso = caso_por_id(session, elegido.id, Alcance.de(actor), bloquear=True)
    # Who adds the same task to several says it of what they saw.
    check_version(caso, elegido.version)
    if datos.responsable_id is None and caso.responsable_id is not None:
        quien = Responsable(caso.responsable_id, caso.responsable_nombre)
    else:
        quien = quien_la_hace(datos.responsable_id, actor)
    return tareas.agregar(session, elegido.id, datos, quien, actor=actor, ahora=ahora)


def _priorizar(
    session: Session, elegido: Elegido, datos: Any, actor: Actor, ahora: datetime
) -> object:
    nueva = NuevaPrioridad(**datos, version=elegido.version)
    return curso.priorizar(session, elegido.id, nueva, actor, ahora)


ACCIONES: Mapping[str, AccionDeLote] = {
    "asignar": AccionDeLote(
        _l("Asignarlos a alguien"),
        _l("Asignar varios casos"),
        "casos.caso.tomar",
        AsignacionDeVariosSchema,
        _asignar,
    ),
    "prioridad": AccionDeLote(
        _l("Cambiarles la prioridad"),
        _l("Cambiar la prioridad de varios casos"),
        "casos.caso.priorizar",
        PrioridadDeVariosSchema,
        _priorizar,
    ),
    "tarea": AccionDeLote(
        _l("Agregarles una tarea"),
        _l("Agregar una tarea a varios casos"),
        "casos.tarea.gestionar",
        TareaDeVariosSchema,
        _agregar_tarea,
    ),
}
"""By the code that the form sends."""
