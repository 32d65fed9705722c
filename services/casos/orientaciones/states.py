"""The life of a version of a sheet: which states exist and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where a version is."""

    BORRADOR = "borrador"
    PUBLICADA = "publicada"
    RETIRADA = "retirada"


class Accion(StrEnum):
    """What is done with a version."""

    EDITAR = "editar"
    PUBLICAR = "publicar"
    RETIRAR = "retirar"
    RENOVAR = "renovar"


PASOS: Mapping[Estado, Mapping[Accion, Estado]] = {
    Estado.BORRADOR: {
        Accion.EDITAR: Estado.BORRADOR,
        Accion.PUBLICAR: Estado.PUBLICADA,
        Accion.RETIRAR: Estado.RETIRADA,
    },
    # What people were given is never rewritten: it is renewed by another version.
    Estado.PUBLICADA: {
        Accion.RENOVAR: Estado.PUBLICADA,
        Accion.RETIRAR: Estado.RETIRADA,
    },
    Estado.RETIRADA: {Accion.RENOVAR: Estado.RETIRADA},
}
