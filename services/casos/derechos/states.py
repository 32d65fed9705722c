"""Which states a request has and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Derecho(StrEnum):
    """What a person can ask for (Ley 19.628 as replaced by Ley 21.719)."""

    ACCESO = "acceso"
    RECTIFICACION = "rectificacion"
    SUPRESION = "supresion"
    OPOSICION = "oposicion"
    PORTABILIDAD = "portabilidad"
    BLOQUEO = "bloqueo"


class Estado(StrEnum):
    """Where a request is."""

    RECIBIDA = "recibida"
    EN_TRAMITE = "en_tramite"
    PRORROGADA = "prorrogada"
    RESPONDIDA = "respondida"
    RECHAZADA = "rechazada"


class Accion(StrEnum):
    """What the delegate does with it; its value is the last part of the address."""

    TRAMITAR = "tramitar"
    PRORROGAR = "prorrogar"
    RESPONDER = "responder"
    RECHAZAR = "rechazar"


E, A = Estado, Accion

PASOS: Mapping[Estado, Mapping[Accion, Estado]] = {
    E.RECIBIDA: {A.TRAMITAR: E.EN_TRAMITE},
    E.EN_TRAMITE: {
        A.PRORROGAR: E.PRORROGADA,
        A.RESPONDER: E.RESPONDIDA,
        A.RECHAZAR: E.RECHAZADA,
    },
    # The term is extended once.
    E.PRORROGADA: {A.RESPONDER: E.RESPONDIDA, A.RECHAZAR: E.RECHAZADA},
    E.RESPONDIDA: {},
    E.RECHAZADA: {},
}

EN_MANOS = frozenset({E.EN_TRAMITE, E.PRORROGADA})
"""Somebody has it and has not answered."""

PENDIENTES = frozenset(estado for estado, pasos in PASOS.items() if pasos)


class Identidad(StrEnum):
    """How whoever asks showed that they are the person, or may speak for them."""

    DOCUMENTO_A_LA_VISTA = "documento_a_la_vista"
    DATOS_COTEJADOS = "datos_cotejados"
    CONOCIDA_POR_EL_EQUIPO = "conocida_por_el_equipo"
    PODER_A_LA_VISTA = "poder_a_la_vista"


class Entrega(StrEnum):
    """How the answer reached the person."""

    EN_PERSONA = "en_persona"
    CORREO = "correo"
    CARTA = "carta"
