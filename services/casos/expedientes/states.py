"""The life of a case: which states exist and which steps are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where a case is."""

    ABIERTO = "abierto"
    EN_EVALUACION = "en_evaluacion"
    EN_GESTION = "en_gestion"
    EN_SEGUIMIENTO = "en_seguimiento"
    SUSPENDIDO = "suspendido"
    CERRADO = "cerrado"
    ANULADO = "anulado"


TERMINADOS = frozenset({Estado.CERRADO, Estado.ANULADO})
"""Nobody works on these any more."""


class Paso(StrEnum):
    """What people do with a case."""

    ORIENTAR = "registrar_orientacion"
    ELEVAR = "pasar_a_segunda_instancia"
    EVALUAR = "completar_evaluacion"
    DERIVAR = "crear_derivacion"
    AGREGAR_TAREA = "agregar_tarea"
    SEGUIR = "iniciar_seguimiento"
    VOLVER = "volver_a_gestion"
    SUSPENDER = "suspender"
    REANUDAR = "reanudar"
    ASIGNAR = "asignar"
    PRIORIZAR = "cambiar_prioridad"
    EXIGIR_DENUNCIA = "exigir_denuncia"
    RESOLVER_DENUNCIA = "resolver_denuncia"
    CERRAR = "cerrar"
    PROPONER_CIERRE = "proponer_cierre"
    DECIDIR_CIERRE = "decidir_cierre"
    REABRIR = "reabrir"
    ANULAR = "anular"


E, P = Estado, Paso


def _vivo(estado: Estado) -> Mapping[Paso, Estado]:
    """What is possible while somebody works on a case, wherever it is."""
    return {
        P.ASIGNAR: estado,
        P.PRIORIZAR: estado,
        P.SUSPENDER: E.SUSPENDIDO,
        P.EXIGIR_DENUNCIA: estado,
        P.RESOLVER_DENUNCIA: estado,
        P.CERRAR: E.CERRADO,
        P.PROPONER_CIERRE: estado,
        P.DECIDIR_CIERRE: estado,
        P.ANULAR: E.ANULADO,
    }


PASOS: Mapping[Estado, Mapping[Paso, Estado]] = {
    E.ABIERTO: {
        P.ORIENTAR: E.ABIERTO,
        P.ELEVAR: E.EN_EVALUACION,
        **_vivo(E.ABIERTO),
    },
    E.EN_EVALUACION: {
        P.EVALUAR: E.EN_GESTION,
        **_vivo(E.EN_EVALUACION),
    },
    E.EN_GESTION: {
        P.DERIVAR: E.EN_GESTION,
        P.AGREGAR_TAREA: E.EN_GESTION,
        P.SEGUIR: E.EN_SEGUIMIENTO,
        **_vivo(E.EN_GESTION),
    },
    E.EN_SEGUIMIENTO: {
        P.AGREGAR_TAREA: E.EN_SEGUIMIENTO,
        P.VOLVER: E.EN_GESTION,
        **_vivo(E.EN_SEGUIMIENTO),
    },
    E.SUSPENDIDO: {
        # Where it goes on is where it was: `Caso.estado_previo`.
        P.REANUDAR: E.SUSPENDIDO,
        P.ASIGNAR: E.SUSPENDIDO,
        P.PRIORIZAR: E.SUSPENDIDO,
        P.EXIGIR_DENUNCIA: E.SUSPENDIDO,
        P.RESOLVER_DENUNCIA: E.SUSPENDIDO,
        P.ANULAR: E.ANULADO,
    },
    E.CERRADO: {
        P.REABRIR: E.EN_EVALUACION,
    },
    E.ANULADO: {},
}


class MotivoCierre(StrEnum):
    """Why a case ends."""

    RESUELTO_POR_ORIENTACION = "resuelto_por_orientacion"
    NO_AMERITA = "no_amerita"
    GESTION_TERMINADA = "gestion_terminada"
    PERSONA_DESISTE = "persona_desiste"
    NO_UBICADA = "no_ubicada"


_DE_LA_GESTION = frozenset(
    {
        MotivoCierre.GESTION_TERMINADA,
        MotivoCierre.PERSONA_DESISTE,
        MotivoCierre.NO_UBICADA,
    }
)

CIERRES: Mapping[Estado, frozenset[MotivoCierre]] = {
    E.ABIERTO: frozenset({MotivoCierre.RESUELTO_POR_ORIENTACION}),
    E.EN_EVALUACION: frozenset({MotivoCierre.NO_AMERITA}),
    E.EN_GESTION: _DE_LA_GESTION,
    E.EN_SEGUIMIENTO: _DE_LA_GESTION,
    E.SUSPENDIDO: frozenset(),
    E.CERRADO: frozenset(),
    E.ANULADO: frozenset(),
}
"""The reasons for which a case may be closed from each state."""


class MotivoVuelta(StrEnum):
    """Why a case that was only followed needs work again."""

    NUEVA_NECESIDAD = "nueva_necesidad"
    DERIVACION_NO_RESULTO = "derivacion_no_resulto"
    PERSONA_LO_PIDE = "persona_lo_pide"


class MotivoSuspension(StrEnum):
    """Why nobody works on a case for a while."""

    SIN_CONTACTO = "sin_contacto"
    ESPERA_DOCUMENTO = "espera_documento"
    A_PETICION = "a_peticion"


class MotivoReanudacion(StrEnum):
    """Why work on it goes on."""

    PERSONA_CONTACTADA = "persona_contactada"
    LLEGO_EL_DOCUMENTO = "llego_el_documento"
    REVISION = "revision"


class DestinoDenuncia(StrEnum):
    """Who received a report that the law demands; or that none was due, after all."""

    FISCALIA = "fiscalia"
    CARABINEROS = "carabineros"
    PDI = "pdi"
    TRIBUNAL = "tribunal"
    NO_PROCEDE = "no_procede"


class Senal(StrEnum):
    """What must not be overlooked, the gravest first."""

    DENUNCIA_OBLIGATORIA = "denuncia_obligatoria"
    PLAZO_VENCIDO = "plazo_vencido"
    CONTACTO_PROHIBIDO = "contacto_prohibido"
    CONSENTIMIENTO_REVOCADO = "consentimiento_revocado"
    SIN_ACTIVIDAD = "sin_actividad"
    NNA = "nna"
    REQUIERE_INTERPRETE = "requiere_interprete"
    POSIBLE_DUPLICADO = "posible_duplicado"
    DERIVACION_ACTIVA = "derivacion_activa"
