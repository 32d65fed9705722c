"""A task as its reader sees it, and who may do one of a case."""

from typing import Any
from uuid import UUID

from casos.accesos.actions import Responsable
from casos.equipo import equipo
from casos.tareas.queries import FilaTarea
from oficina.actor import Actor
from oficina.errors import DatosInvalidos

_CAMPOS = (
    *("id", "caso_id", "que", "responsable_id", "responsable_nombre", "estado"),
    *("creada_por", "creada_en", "terminada_en", "version"),
)


def como_datos(fila: FilaTarea) -> dict[str, Any]:
    """A task for JSON."""
    return {campo: getattr(fila.tarea, campo) for campo in _CAMPOS} | {
        "caso_folio": fila.folio,
        "vence_en": fila.vence_en,
        "atrasada": fila.atrasada,
        "detenida": fila.detenida,
    }


def quien_la_hace(funcionario_id: UUID | None, actor: Actor) -> Responsable:
    """Whoever is named, or whoever asks. Raises DatosInvalidos for a stranger."""
    if funcionario_id is None or funcionario_id == actor.id:
        return Responsable(actor.id, actor.nombre)
    try:
        return equipo().nombrable(funcionario_id)
    except DatosInvalidos as error:
        raise DatosInvalidos({"responsable_id": error.errores["funcionario_id"]}) from error
