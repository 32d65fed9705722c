"""The life of an obstacle: which states exist and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where an obstacle is."""

    ANOTADO = "anotado"
    ELEVADO = "elevado"
    EN_TRABAJO = "en_trabajo"
    RESUELTO = "resuelto"
    DESCARTADO = "descartado"


class Accion(StrEnum):
    """What is done with an obstacle."""

    ANOTAR = "anotar"
    ELEVAR = "elevar"
    TRABAJAR = "trabajar"
    RESOLVER = "resolver"
    DESCARTAR = "descartar"


PASOS: Mapping[Estado, Mapping[Accion, Estado]] = {
    Estado.ANOTADO: {
        Accion.ANOTAR: Estado.ANOTADO,
        Accion.ELEVAR: Estado.ELEVADO,
        Accion.DESCARTAR: Estado.DESCARTADO,
    },
    Estado.ELEVADO: {
        Accion.ANOTAR: Estado.ELEVADO,
        Accion.TRABAJAR: Estado.EN_TRABAJO,
        Accion.RESOLVER: Estado.RESUELTO,
        Accion.DESCARTAR: Estado.DESCARTADO,
    },
    Estado.EN_TRABAJO: {
        Accion.ANOTAR: Estado.EN_TRABAJO,
        Accion.TRABAJAR: Estado.EN_TRABAJO,
        Accion.RESOLVER: Estado.RESUELTO,
    },
    # Met again, it is another one: what was said to have changed has not.
    Estado.RESUELTO: {},
    Estado.DESCARTADO: {},
}

VIVOS = frozenset({Estado.ANOTADO, Estado.ELEVADO, Estado.EN_TRABAJO})


class Origen(StrEnum):
    """Where it was met."""

    DERIVACION = "derivacion"
    ATENCION = "atencion"
    TERRENO = "terreno"
    MESA = "mesa"
