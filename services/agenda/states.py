"""Which states an appointment has and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where an appointment is."""

    AGENDADA = "agendada"
    REALIZADA = "realizada"
    INASISTENCIA = "inasistencia"
    CANCELADA = "cancelada"


class Accion(StrEnum):
    """What can be done with an appointment; its value is the last part of the path."""

    REPROGRAMAR = "reprogramar"
    CANCELAR = "cancelar"
    REALIZAR = "realizar"
    INASISTENCIA = "inasistencia"


E, A = Estado, Accion

PASOS: Mapping[Estado, Mapping[Accion, Estado]] = {
    E.AGENDADA: {
        A.REPROGRAMAR: E.AGENDADA,
        A.CANCELAR: E.CANCELADA,
        A.REALIZAR: E.REALIZADA,
        A.INASISTENCIA: E.INASISTENCIA,
    },
    E.REALIZADA: {},
    E.INASISTENCIA: {},
    E.CANCELADA: {},
}

# Whether somebody came is known only once the appointment has begun.
DESDE_EL_INICIO = frozenset({A.REALIZAR, A.INASISTENCIA})


class Respuesta(StrEnum):
    """What the person answered to a reminder; the office decides what follows."""

    CONFIRMA = "confirma"
    NO_VIENE = "no_viene"


class MotivoCancelacion(StrEnum):
    """Why an appointment does not take place."""

    PERSONA_NO_PUEDE = "persona_no_puede"
    PROFESIONAL_NO_DISPONIBLE = "profesional_no_disponible"
    YA_NO_HACE_FALTA = "ya_no_hace_falta"
    ERROR_DE_REGISTRO = "error_de_registro"
