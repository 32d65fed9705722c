"""The life of a question to an institution, and of what it says of each service: which states exist
and which steps are allowed.
"""

from collections.abc import Mapping
from enum import StrEnum


class EstadoConsulta(StrEnum):
    """Where a question to an institution is."""

    ABIERTA = "abierta"
    CONTESTADA = "contestada"
    SIN_RESPUESTA = "sin_respuesta"
    RETIRADA = "retirada"


class PasoConsulta(StrEnum):
    """What becomes of it: it is answered whole, its time ends, or the office takes it back."""

    CONTESTAR = "contestar"
    VENCER = "vencer"
    RETIRAR = "retirar"


class EstadoPregunta(StrEnum):
    """What the institution said of one service, and what became of it."""

    POR_CONTESTAR = "por_contestar"
    CONFORME = "conforme"
    POR_REVISAR = "por_revisar"
    ACEPTADA = "aceptada"
    DESCARTADA = "descartada"


class PasoPregunta(StrEnum):
    """What the institution says, and what the coordination decides of a correction."""

    CONFIRMAR = "confirmar"
    CORREGIR = "corregir"
    ACEPTAR = "aceptar"
    DESCARTAR = "descartar"


class MotivoDeNoCorregir(StrEnum):
    """Why a correction is not taken over."""

    NO_ES_ASI = "no_es_asi"
    YA_ESTABA = "ya_estaba"
    SE_CORRIGIO_A_MANO = "se_corrigio_a_mano"


PASOS_DE_CONSULTA: Mapping[EstadoConsulta, Mapping[PasoConsulta, EstadoConsulta]] = {
    EstadoConsulta.ABIERTA: {
        PasoConsulta.CONTESTAR: EstadoConsulta.CONTESTADA,
        PasoConsulta.VENCER: EstadoConsulta.SIN_RESPUESTA,
        PasoConsulta.RETIRAR: EstadoConsulta.RETIRADA,
    },
    EstadoConsulta.CONTESTADA: {},
    EstadoConsulta.SIN_RESPUESTA: {},
    EstadoConsulta.RETIRADA: {},
}

PASOS_DE_PREGUNTA: Mapping[EstadoPregunta, Mapping[PasoPregunta, EstadoPregunta]] = {
    EstadoPregunta.POR_CONTESTAR: {
        PasoPregunta.CONFIRMAR: EstadoPregunta.CONFORME,
        PasoPregunta.CORREGIR: EstadoPregunta.POR_REVISAR,
    },
    EstadoPregunta.POR_REVISAR: {
        PasoPregunta.ACEPTAR: EstadoPregunta.ACEPTADA,
        PasoPregunta.DESCARTAR: EstadoPregunta.DESCARTADA,
    },
    EstadoPregunta.CONFORME: {},
    EstadoPregunta.ACEPTADA: {},
    EstadoPregunta.DESCARTADA: {},
}
