"""The life of a report of discrimination: which states exist and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where a report is."""

    RECIBIDO = "recibido"
    EN_GESTION = "en_gestion"
    CON_CASO = "con_caso"
    CERRADO = "cerrado"
    DESCARTADO = "descartado"


class Accion(StrEnum):
    """What is done with a report."""

    GESTIONAR = "gestionar"
    IDENTIFICAR = "identificar"
    ABRIR_CASO = "abrir_caso"
    CERRAR = "cerrar"
    DESCARTAR = "descartar"


PASOS: Mapping[Estado, Mapping[Accion, Estado]] = {
    Estado.RECIBIDO: {
        Accion.GESTIONAR: Estado.EN_GESTION,
        Accion.IDENTIFICAR: Estado.RECIBIDO,
        Accion.ABRIR_CASO: Estado.CON_CASO,
        Accion.CERRAR: Estado.CERRADO,
        Accion.DESCARTAR: Estado.DESCARTADO,
    },
    Estado.EN_GESTION: {
        Accion.GESTIONAR: Estado.EN_GESTION,
        Accion.IDENTIFICAR: Estado.EN_GESTION,
        Accion.ABRIR_CASO: Estado.CON_CASO,
        Accion.CERRAR: Estado.CERRADO,
    },
    Estado.CON_CASO: {
        Accion.GESTIONAR: Estado.CON_CASO,
        Accion.CERRAR: Estado.CERRADO,
    },
    Estado.CERRADO: {},
    Estado.DESCARTADO: {},
}

VIVOS = frozenset({Estado.RECIBIDO, Estado.EN_GESTION, Estado.CON_CASO})
