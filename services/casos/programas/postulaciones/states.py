"""The life of an application: which states exist and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where an application is."""

    BORRADOR = "borrador"
    INGRESADA = "ingresada"
    EN_REVISION = "en_revision"
    OBSERVADA = "observada"
    APROBADA = "aprobada"
    RECHAZADA = "rechazada"
    ENTREGADA = "entregada"
    RENDIDA = "rendida"
    CADUCADA = "caducada"
    RENUNCIADA = "renunciada"
    ANULADA = "anulada"


class Accion(StrEnum):
    """What is done with an application; its value is the last part of its address."""

    EDITAR = "editar"
    INGRESAR = "ingresar"
    REVISAR = "revisar"
    COMPROBAR = "comprobar"
    OBSERVAR = "observar"
    RESPONDER = "responder"
    ESPERAR = "esperar"
    APROBAR = "aprobar"
    RECHAZAR = "rechazar"
    ENTREGAR = "entregar"
    RENDIR = "rendir"
    RENUNCIAR = "renunciar"
    ANULAR = "anular"
    CADUCAR = "caducar"


E, A = Estado, Accion
_FINES = {A.RENUNCIAR: E.RENUNCIADA, A.ANULAR: E.ANULADA}

PASOS: Mapping[Estado, Mapping[Accion, Estado]] = {
    E.BORRADOR: {A.EDITAR: E.BORRADOR, A.INGRESAR: E.INGRESADA, A.ANULAR: E.ANULADA},
    E.INGRESADA: {A.REVISAR: E.EN_REVISION, **_FINES},
    E.EN_REVISION: {
        A.COMPROBAR: E.EN_REVISION,
        A.OBSERVAR: E.OBSERVADA,
        # On the waiting list it is still under review: nothing was decided.
        A.ESPERAR: E.EN_REVISION,
        A.APROBAR: E.APROBADA,
        A.RECHAZAR: E.RECHAZADA,
        **_FINES,
    },
    E.OBSERVADA: {A.RESPONDER: E.EN_REVISION, A.CADUCAR: E.CADUCADA, **_FINES},
    E.APROBADA: {A.ENTREGAR: E.ENTREGADA, A.CADUCAR: E.CADUCADA, **_FINES},
    E.ENTREGADA: {A.RENDIR: E.RENDIDA},
    E.RENDIDA: {},
    E.RECHAZADA: {},
    E.CADUCADA: {},
    E.RENUNCIADA: {},
    E.ANULADA: {},
}

EN_CURSO = frozenset({E.BORRADOR, E.INGRESADA, E.EN_REVISION, E.OBSERVADA})
"""Nothing was decided yet: a person has one of these in a programme, at most."""

CONCEDIDAS = frozenset({E.APROBADA, E.ENTREGADA, E.RENDIDA})
"""They count against what a person may get in a period."""

CON_RESERVA = frozenset({E.APROBADA})
"""Money is promised: whoever ends one gives it back to the programme, or spends it."""
