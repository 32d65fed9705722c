"""The life of a mediation: which states exist and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where a mediation is."""

    PREPARACION = "preparacion"
    EN_CURSO = "en_curso"
    CON_ACUERDO = "con_acuerdo"
    SIN_ACUERDO = "sin_acuerdo"
    DESISTIDA = "desistida"
    TERMINADA = "terminada"


class Accion(StrEnum):
    """What is done in a mediation."""

    AGREGAR_PARTE = "agregar_parte"
    RESPONDER = "responder"
    QUITAR_PARTE = "quitar_parte"
    INICIAR = "iniciar"
    SESION = "sesion"
    COMPROMISO = "compromiso"
    ACORDAR = "acordar"
    CALIFICAR = "calificar"
    SEGUIR = "seguir"
    NO_ACORDAR = "no_acordar"
    DESISTIR = "desistir"
    TERMINAR = "terminar"


PASOS: Mapping[Estado, Mapping[Accion, Estado]] = {
    Estado.PREPARACION: {
        Accion.AGREGAR_PARTE: Estado.PREPARACION,
        Accion.RESPONDER: Estado.PREPARACION,
        Accion.QUITAR_PARTE: Estado.PREPARACION,
        Accion.INICIAR: Estado.EN_CURSO,
        Accion.DESISTIR: Estado.DESISTIDA,
    },
    Estado.EN_CURSO: {
        Accion.SESION: Estado.EN_CURSO,
        Accion.COMPROMISO: Estado.EN_CURSO,
        Accion.ACORDAR: Estado.CON_ACUERDO,
        Accion.NO_ACORDAR: Estado.SIN_ACUERDO,
        Accion.DESISTIR: Estado.DESISTIDA,
    },
    Estado.CON_ACUERDO: {
        Accion.CALIFICAR: Estado.CON_ACUERDO,
        Accion.SEGUIR: Estado.CON_ACUERDO,
        Accion.TERMINAR: Estado.TERMINADA,
    },
    Estado.SIN_ACUERDO: {},
    Estado.DESISTIDA: {},
    Estado.TERMINADA: {},
}

VIVAS = tuple(estado for estado, pasos in PASOS.items() if pasos)
"""The states of a mediation that goes on."""

FINALES = frozenset({Accion.NO_ACORDAR, Accion.DESISTIR, Accion.TERMINAR})
"""What is said also of a mediation whose case nobody works on any more."""


class ClaseDeParte(StrEnum):
    """Who may take part."""

    PERSONA = "persona"
    SIN_FICHA = "sin_ficha"
    ORGANIZACION = "organizacion"
    INSTITUCION = "institucion"


class Participa(StrEnum):
    """Whether a party wants to take part."""

    PENDIENTE = "pendiente"
    ACEPTA = "acepta"
    REHUSA = "rehusa"


class ResultadoSesion(StrEnum):
    """What came of a session."""

    AVANCE = "avance"
    SIN_AVANCE = "sin_avance"
    ACUERDO = "acuerdo"
    NO_SE_REALIZO = "no_se_realizo"


class EstadoCompromiso(StrEnum):
    """Whether what was promised was done."""

    PENDIENTE = "pendiente"
    CUMPLIDO = "cumplido"
    INCUMPLIDO = "incumplido"


class ResultadoSeguimiento(StrEnum):
    """How the agreement holds."""

    SE_CUMPLE = "se_cumple"
    EN_PARTE = "en_parte"
    NO_SE_CUMPLE = "no_se_cumple"
    SIN_CONTACTO = "sin_contacto"
