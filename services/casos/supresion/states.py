"""Which states an erasure has and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where an erasure is."""

    PROPUESTA = "propuesta"
    EJECUTADA = "ejecutada"  # casos has erased; other services have not all confirmed
    TERMINADA = "terminada"
    NEGADA = "negada"


class Paso(StrEnum):
    """What happens to an erasure."""

    CONFIRMAR = "confirmar"
    NEGAR = "negar"
    TERMINAR = "terminar"


E, P = Estado, Paso

PASOS: Mapping[Estado, Mapping[Paso, Estado]] = {
    E.PROPUESTA: {P.CONFIRMAR: E.EJECUTADA, P.NEGAR: E.NEGADA},
    E.EJECUTADA: {P.TERMINAR: E.TERMINADA},
    E.TERMINADA: {},
    E.NEGADA: {},
}


class Obstaculo(StrEnum):
    """Why somebody cannot be erased now."""

    CASO_ABIERTO = "caso_abierto"
    DERIVACION_EN_CURSO = "derivacion_en_curso"
    REGISTRO_SIN_CARGAR = "registro_sin_cargar"
    OTRA_SOLICITUD = "otra_solicitud"
    CASO_CONSERVADO = "caso_conservado"
