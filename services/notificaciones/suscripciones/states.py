"""The life of a subscription, why it was stopped, and how an attempt to deliver may fail."""

from collections.abc import Mapping
from enum import StrEnum


class Via(StrEnum):
    """How a unit gets what it subscribed to."""

    WEBHOOK = "webhook"
    ATOM = "atom"
    COLA = "cola"
    RESUMEN = "resumen"


AL_MOMENTO = frozenset({Via.WEBHOOK, Via.COLA})
"""The ways by which each fact is sent by itself, as soon as may be."""

SE_ENVIAN = AL_MOMENTO | {Via.RESUMEN}
"""The ways by which the office sends; of the others it waits to be read."""


class Cadencia(StrEnum):
    """How often a unit gets its digest."""

    DIARIA = "diaria"  # every working day
    SEMANAL = "semanal"


class Estado(StrEnum):
    """Where a subscription is."""

    ACTIVA = "activa"
    PAUSADA = "pausada"  # what happens waits for it
    DESACTIVADA = "desactivada"  # by the office itself; what happens passes by, and can be repeated
    CERRADA = "cerrada"  # for good: its keys are gone


class Paso(StrEnum):
    """What happens to a subscription."""

    PAUSAR = "pausar"
    REANUDAR = "reanudar"
    DESACTIVAR = "desactivar"
    CERRAR = "cerrar"


E, P = Estado, Paso

PASOS: Mapping[Estado, Mapping[Paso, Estado]] = {
    E.ACTIVA: {P.PAUSAR: E.PAUSADA, P.DESACTIVAR: E.DESACTIVADA, P.CERRAR: E.CERRADA},
    E.PAUSADA: {P.REANUDAR: E.ACTIVA, P.CERRAR: E.CERRADA},
    E.DESACTIVADA: {P.REANUDAR: E.ACTIVA, P.CERRAR: E.CERRADA},
    E.CERRADA: {},
}

OYEN = frozenset({E.ACTIVA, E.PAUSADA})
"""Those for whom a delivery is written when something happens."""


class Motivo(StrEnum):
    """Why the office stopped a subscription."""

    YA_NO_RECIBE = "ya_no_recibe"  # it answered 410
    CINCO_DIAS = "cinco_dias"
    CORREO_RECHAZADO = "correo_rechazado"  # no mailbox takes the digest at that address
    CORREO_DE_BAJA = "correo_de_baja"  # the mailbox itself asked for no more of them


class Falla(StrEnum):
    """Why an attempt did not deliver."""

    DESTINO_NO_PERMITIDO = "destino_no_permitido"
    SIN_DIRECCION = "sin_direccion"
    SIN_CONEXION = "sin_conexion"
    SIN_RESPUESTA = "sin_respuesta"
    RESPUESTA = "respuesta"
    NO_SALIO = "no_salio"  # the mail that carried it
    SIN_COLA = "sin_cola"  # RabbitMQ gave it back: the queue, or what binds it, is gone


class Origen(StrEnum):
    """Why there is a delivery."""

    HECHO = "hecho"
    PRUEBA = "prueba"
    REPETICION = "repeticion"
