"""The life of a proposal: which states exist and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class EstadoPropuestaRed(StrEnum):
    """Where a proposal is."""

    PENDIENTE = "pendiente"
    ACEPTADA = "aceptada"
    UNIDA = "unida"
    DESCARTADA = "descartada"


class PasoPropuesta(StrEnum):
    """What the coordination decides."""

    ACEPTAR = "aceptar"
    UNIR = "unir"
    DESCARTAR = "descartar"


class MotivoDescarte(StrEnum):
    """Why a proposal does not stay."""

    NO_EXISTE = "no_existe"
    NO_ES_DE_LA_RED = "no_es_de_la_red"
    POR_ERROR = "por_error"


PASOS: Mapping[EstadoPropuestaRed, Mapping[PasoPropuesta, EstadoPropuestaRed]] = {
    EstadoPropuestaRed.PENDIENTE: {
        PasoPropuesta.ACEPTAR: EstadoPropuestaRed.ACEPTADA,
        PasoPropuesta.UNIR: EstadoPropuestaRed.UNIDA,
        PasoPropuesta.DESCARTAR: EstadoPropuestaRed.DESCARTADA,
    },
    EstadoPropuestaRed.ACEPTADA: {},
    EstadoPropuestaRed.UNIDA: {},
    EstadoPropuestaRed.DESCARTADA: {},
}
