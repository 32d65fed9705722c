"""The life of an agreement: which states exist and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where an agreement is."""

    VIGENTE = "vigente"
    VENCIDO = "vencido"
    TERMINADO = "terminado"


class Accion(StrEnum):
    """What is done with an agreement."""

    EDITAR = "editar"
    PRORROGAR = "prorrogar"
    TERMINAR = "terminar"
    VENCER = "vencer"


PASOS: Mapping[Estado, Mapping[Accion, Estado]] = {
    Estado.VIGENTE: {
        Accion.EDITAR: Estado.VIGENTE,
        Accion.PRORROGAR: Estado.VIGENTE,
        Accion.TERMINAR: Estado.TERMINADO,
        Accion.VENCER: Estado.VENCIDO,
    },
    # An extension that was signed late takes it up again.
    Estado.VENCIDO: {Accion.PRORROGAR: Estado.VIGENTE, Accion.TERMINAR: Estado.TERMINADO},
    Estado.TERMINADO: {},
}
