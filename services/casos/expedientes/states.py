"""The life of a case: which states exist and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where a case is."""

    ABIERTO = "abierto"
    EN_EVALUACION = "en_evaluacion"
    EN_GESTION = "en_gestion"
    CERRADO = "cerrado"


class Paso(StrEnum):
    """What people do with a case."""

    ORIENTAR = "registrar_orientacion"
    ELEVAR = "pasar_a_segunda_instancia"
    EVALUAR = "completar_evaluacion"
    DERIVAR = "crear_derivacion"
    ASIGNAR = "asignar"
    CERRAR = "cerrar"
    REABRIR = "reabrir"


PASOS: Mapping[Estado, Mapping[Paso, Estado]] = {
    Estado.ABIERTO: {
        Paso.ORIENTAR: Estado.ABIERTO,
        Paso.ELEVAR: Estado.EN_EVALUACION,
        Paso.ASIGNAR: Estado.ABIERTO,
        Paso.CERRAR: Estado.CERRADO,
    },
    Estado.EN_EVALUACION: {
        Paso.EVALUAR: Estado.EN_GESTION,
        Paso.ASIGNAR: Estado.EN_EVALUACION,
        Paso.CERRAR: Estado.CERRADO,
    },
    Estado.EN_GESTION: {
        Paso.DERIVAR: Estado.EN_GESTION,
        Paso.ASIGNAR: Estado.EN_GESTION,
        Paso.CERRAR: Estado.CERRADO,
    },
    Estado.CERRADO: {
        Paso.REABRIR: Estado.EN_EVALUACION,
    },
}


class MotivoCierre(StrEnum):
    """Why a case ends."""

    RESUELTO_POR_ORIENTACION = "resuelto_por_orientacion"
    NO_AMERITA = "no_amerita"
    GESTION_TERMINADA = "gestion_terminada"
    PERSONA_DESISTE = "persona_desiste"
    NO_UBICADA = "no_ubicada"


CIERRES: Mapping[Estado, frozenset[MotivoCierre]] = {
    Estado.ABIERTO: frozenset({MotivoCierre.RESUELTO_POR_ORIENTACION}),
    Estado.EN_EVALUACION: frozenset({MotivoCierre.NO_AMERITA}),
    Estado.EN_GESTION: frozenset(
        {
            MotivoCierre.GESTION_TERMINADA,
            MotivoCierre.PERSONA_DESISTE,
            MotivoCierre.NO_UBICADA,
        }
    ),
    Estado.CERRADO: frozenset(),
}
"""The reasons for which a case may be closed from each state."""
