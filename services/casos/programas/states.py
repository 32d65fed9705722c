"""The life of a programme: which states exist and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where a programme is."""

    BORRADOR = "borrador"
    ABIERTO = "abierto"
    CERRADO = "cerrado"


class Accion(StrEnum):
    """What is done with a programme."""

    EDITAR = "editar"
    EXIGIR = "requisitos"
    ASIGNAR = "presupuesto"
    ABRIR = "abrir"
    CERRAR = "cerrar"


PASOS: Mapping[Estado, Mapping[Accion, Estado]] = {
    Estado.BORRADOR: {
        Accion.EDITAR: Estado.BORRADOR,
        Accion.EXIGIR: Estado.BORRADOR,
        Accion.ASIGNAR: Estado.BORRADOR,
        Accion.ABRIR: Estado.ABIERTO,
    },
    # Whoever applied did so by the requirements of that day: new ones are for who comes later.
    Estado.ABIERTO: {
        Accion.EXIGIR: Estado.ABIERTO,
        Accion.ASIGNAR: Estado.ABIERTO,
        Accion.CERRAR: Estado.CERRADO,
    },
    # What was not used goes back to its source.
    Estado.CERRADO: {Accion.ASIGNAR: Estado.CERRADO, Accion.ABRIR: Estado.ABIERTO},
}
