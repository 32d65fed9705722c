"""Which states a derivation has and which steps are allowed, whoever takes them."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where a derivation is."""

    BORRADOR = "borrador"
    ENVIADA = "enviada"
    RECIBIDA = "recibida"
    ACEPTADA = "aceptada"
    EN_ESPERA = "en_espera"
    EN_CURSO = "en_curso"
    CUMPLIDA = "cumplida"
    VERIFICADA = "verificada"
    RECHAZADA = "rechazada"
    NO_LOGRADA = "no_lograda"
    VENCIDA = "vencida"
    ANULADA = "anulada"


class Accion(StrEnum):
    """What can be done with a derivation; its value is the last part of the API's path."""

    ENVIAR = "enviar"
    RECIBIR = "recibir"
    ACEPTAR = "aceptar"
    RECHAZAR = "rechazar"
    ESPERA = "espera"
    CURSO = "curso"
    CUMPLIR = "cumplir"
    NO_LOGRADA = "no-lograda"
    VERIFICAR = "verificar"
    DISPUTAR = "disputar"
    ANULAR = "anular"
    VENCER = "vencer"


E, A = Estado, Accion

PASOS: Mapping[Estado, Mapping[Accion, Estado]] = {
    E.BORRADOR: {A.ENVIAR: E.ENVIADA, A.ANULAR: E.ANULADA},
    E.ENVIADA: {
        A.RECIBIR: E.RECIBIDA,
        A.ACEPTAR: E.ACEPTADA,
        A.RECHAZAR: E.RECHAZADA,
        A.VENCER: E.VENCIDA,
        A.ANULAR: E.ANULADA,
    },
    E.RECIBIDA: {
        A.ACEPTAR: E.ACEPTADA,
        A.RECHAZAR: E.RECHAZADA,
        A.VENCER: E.VENCIDA,
        A.ANULAR: E.ANULADA,
    },
    E.ACEPTADA: {
        A.CURSO: E.EN_CURSO,
        A.ESPERA: E.EN_ESPERA,
        A.CUMPLIR: E.CUMPLIDA,
        A.NO_LOGRADA: E.NO_LOGRADA,
        A.ANULAR: E.ANULADA,
    },
    E.EN_ESPERA: {A.CURSO: E.EN_CURSO, A.NO_LOGRADA: E.NO_LOGRADA, A.ANULAR: E.ANULADA},
    E.EN_CURSO: {
        A.ESPERA: E.EN_ESPERA,
        A.CUMPLIR: E.CUMPLIDA,
        A.NO_LOGRADA: E.NO_LOGRADA,
        A.ANULAR: E.ANULADA,
    },
    # The person has the last word: confirms it, or says that it was not so.
    E.CUMPLIDA: {A.VERIFICAR: E.VERIFICADA, A.DISPUTAR: E.EN_CURSO},
    E.VERIFICADA: {},
    E.RECHAZADA: {},
    E.NO_LOGRADA: {},
    E.VENCIDA: {},
    E.ANULADA: {},
}

# The person goes by themselves with what the office told them: nothing goes to the institution, so
# only the person can say how it ended, and nobody else's silence ends it.
PASOS_CON_LA_PERSONA: Mapping[Estado, Mapping[Accion, Estado]] = {
    **{estado: {} for estado in Estado},
    E.BORRADOR: PASOS[E.BORRADOR],
    E.ENVIADA: {A.VERIFICAR: E.VERIFICADA, A.NO_LOGRADA: E.NO_LOGRADA, A.ANULAR: E.ANULADA},
}

# An answer that comes after the derivation expired is kept as late; an officer adopts it with
# the same effect that it would have had in time, or reroutes.
ADOPTABLES: Mapping[Accion, Estado] = {
    A.RECIBIR: E.RECIBIDA,
    A.ACEPTAR: E.ACEPTADA,
    A.RECHAZAR: E.RECHAZADA,
}

# Waiting for somebody: the case cannot be closed meanwhile.
ACTIVAS = frozenset({E.ENVIADA, E.RECIBIDA, E.ACEPTADA, E.EN_ESPERA, E.EN_CURSO, E.CUMPLIDA})

# Sent, and nobody has said yes or no: the case is not only followed meanwhile.
SIN_RESPUESTA = frozenset({E.ENVIADA, E.RECIBIDA})

# The institution has, or had, what was sent: it is told when it may not use it any more.
CON_DATOS = frozenset(set(Estado) - {E.BORRADOR, E.ANULADA})

# Ends from which a new derivation can take over.
REENCAMINABLES = frozenset({E.RECHAZADA, E.NO_LOGRADA, E.VENCIDA, E.ANULADA})

# Ends that nobody wanted: until somebody decides what follows, the case is late.
FALLIDAS = frozenset({E.RECHAZADA, E.NO_LOGRADA, E.VENCIDA})

# What the institution itself may do through its link.
ACCIONES_DE_INSTITUCION = frozenset(
    {A.RECIBIR, A.ACEPTAR, A.RECHAZAR, A.ESPERA, A.CURSO, A.CUMPLIR, A.NO_LOGRADA}
)


class MotivoRechazo(StrEnum):
    """Why an institution refuses."""

    NO_CORRESPONDE = "no_corresponde"
    NO_ELEGIBLE = "no_elegible"
    SIN_CUPO = "sin_cupo"
    FALTA_DOCUMENTO = "falta_documento"
    FUERA_DE_TERRITORIO = "fuera_de_territorio"
    OTRO = "otro"


class MotivoEspera(StrEnum):
    """Why an accepted derivation cannot begin yet."""

    LISTA_ESPERA = "lista_espera"
    FALTA_DOCUMENTO = "falta_documento"


class MotivoNoLograda(StrEnum):
    """Why the service could not be given."""

    NO_UBICADA = "no_ubicada"
    DESISTE = "desiste"
    NO_SE_PRESENTO = "no_se_presento"
    SIN_CUPO_POSTERIOR = "sin_cupo_posterior"


class MotivoAnulacion(StrEnum):
    """Why the office takes a derivation back."""

    ERROR = "creada_por_error"
    A_PETICION = "a_peticion_de_la_persona"
    YA_NO_CORRESPONDE = "ya_no_corresponde"
    CONSENTIMIENTO_RETIRADO = "consentimiento_retirado"


# Follows from the ledger of consents; nobody chooses it.
NO_SE_ELIGEN = frozenset({MotivoAnulacion.CONSENTIMIENTO_RETIRADO})


MOTIVOS: Mapping[Accion, type[StrEnum]] = {
    A.RECHAZAR: MotivoRechazo,
    A.ESPERA: MotivoEspera,
    A.NO_LOGRADA: MotivoNoLograda,
    A.ANULAR: MotivoAnulacion,
}


class Grado(StrEnum):
    """How good the evidence of an answer is."""

    A = "A"  # the institution itself, by its link or in its unit's tray
    B = "B"  # the institution by phone or mail, logged by an officer
    C = "C"  # the person's word
    D = "D"  # presumed: nobody answered, or a register of the past says so


class CanalRespuesta(StrEnum):
    """By which way an answer came."""

    ENLACE = "enlace"
    BANDEJA = "bandeja"
    TELEFONO = "telefono"
    CORREO = "correo"
    OFICIO = "oficio"
    PERSONA = "persona"
    MENSAJE = "mensaje"


NO_SE_REGISTRAN = frozenset({CanalRespuesta.ENLACE, CanalRespuesta.BANDEJA, CanalRespuesta.MENSAJE})
"""Ways by which nobody answers for the institution, or for the person."""
