"""The life of a task."""

from collections.abc import Mapping
from enum import StrEnum


class EstadoTarea(StrEnum):
    """Where a task is."""

    PENDIENTE = "pendiente"
    HECHA = "hecha"
    CANCELADA = "cancelada"


PASOS: Mapping[EstadoTarea, frozenset[EstadoTarea]] = {
    EstadoTarea.PENDIENTE: frozenset({EstadoTarea.HECHA, EstadoTarea.CANCELADA}),
    EstadoTarea.HECHA: frozenset(),
    EstadoTarea.CANCELADA: frozenset(),
}
