"""The life of an organisation here: which states exist and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Whether an organisation works."""

    ACTIVA = "activa"
    EN_RECESO = "en_receso"
    DISUELTA = "disuelta"


class Accion(StrEnum):
    """What is done with an organisation."""

    EDITAR = "editar"
    DIRECTIVA = "directiva"
    RECESO = "receso"
    RETOMAR = "retomar"
    DISOLVER = "disolver"
    QUITAR_NOMBRE = "quitar_nombre"


PASOS: Mapping[Estado, Mapping[Accion, Estado]] = {
    Estado.ACTIVA: {
        Accion.EDITAR: Estado.ACTIVA,
        Accion.DIRECTIVA: Estado.ACTIVA,
        Accion.RECESO: Estado.EN_RECESO,
        Accion.DISOLVER: Estado.DISUELTA,
        Accion.QUITAR_NOMBRE: Estado.ACTIVA,
    },
    Estado.EN_RECESO: {
        Accion.EDITAR: Estado.EN_RECESO,
        Accion.RETOMAR: Estado.ACTIVA,
        Accion.DISOLVER: Estado.DISUELTA,
        Accion.QUITAR_NOMBRE: Estado.EN_RECESO,
    },
    # Whoever was named may take their consent back for as long as their name is kept.
    Estado.DISUELTA: {Accion.QUITAR_NOMBRE: Estado.DISUELTA},
}
