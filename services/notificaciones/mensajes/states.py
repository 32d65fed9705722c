"""Which states a message has, which steps are allowed, and why one may never leave."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where a message is."""

    PROGRAMADA = "programada"  # planned; what it will say is still to be asked of its owner
    LISTA = "lista"  # written; waits for its moment
    RESERVADA = "reservada"  # one worker is sending it, until its lease ends
    ENTREGADA = "entregada_a_proveedor"
    CONFIRMADA = "confirmada"  # the provider says that it reached its reader
    REBOTADA = "rebotada"  # the provider took it and could not deliver it
    FALLIDA = "fallida"
    VENCIDA = "vencida"  # its moment passed; late it would confuse
    CANCELADA = "cancelada"  # what it was about is no more
    SUPRIMIDA = "suprimida"  # a rule or the person's own wish keeps it back
    INCIERTA = "incierta"  # perhaps sent: nobody knows, and nobody sends it again


class Paso(StrEnum):
    """What happens to a message."""

    PREPARAR = "preparar"
    MOVER = "mover"
    POSPONER = "posponer"
    RESERVAR = "reservar"
    DEVOLVER = "devolver"
    ENTREGAR = "entregar"
    FALLAR = "fallar"
    VENCER = "vencer"
    CANCELAR = "cancelar"
    SUPRIMIR = "suprimir"
    DUDAR = "dudar"
    CONFIRMAR = "confirmar"
    REBOTAR = "rebotar"


E, P = Estado, Paso

PASOS: Mapping[Estado, Mapping[Paso, Estado]] = {
    E.PROGRAMADA: {
        P.PREPARAR: E.LISTA,
        P.MOVER: E.PROGRAMADA,
        P.FALLAR: E.FALLIDA,
        P.VENCER: E.VENCIDA,
        P.CANCELAR: E.CANCELADA,
        P.SUPRIMIR: E.SUPRIMIDA,
    },
    E.LISTA: {
        P.MOVER: E.PROGRAMADA,
        P.POSPONER: E.LISTA,
        P.RESERVAR: E.RESERVADA,
        P.VENCER: E.VENCIDA,
        P.CANCELAR: E.CANCELADA,
    },
    E.RESERVADA: {
        P.DEVOLVER: E.LISTA,
        P.ENTREGAR: E.ENTREGADA,
        P.FALLAR: E.FALLIDA,
        P.CANCELAR: E.CANCELADA,
        P.SUPRIMIR: E.SUPRIMIDA,
        P.DUDAR: E.INCIERTA,
    },
    # What the provider says later is final, and the first word of it stays.
    E.ENTREGADA: {P.CONFIRMAR: E.CONFIRMADA, P.REBOTAR: E.REBOTADA},
    E.CONFIRMADA: {},
    E.REBOTADA: {},
    E.FALLIDA: {},
    E.VENCIDA: {},
    E.CANCELADA: {},
    E.SUPRIMIDA: {},
    # The provider's answer may still come, late; a receipt is one.
    E.INCIERTA: {
        P.ENTREGAR: E.ENTREGADA,
        P.FALLAR: E.FALLIDA,
        P.CONFIRMAR: E.CONFIRMADA,
        P.REBOTAR: E.REBOTADA,
    },
}

EN_ESPERA = frozenset({E.PROGRAMADA, E.LISTA})
SALIERON = frozenset({E.ENTREGADA, E.CONFIRMADA, E.REBOTADA})
"""A provider had them, whatever became of them then."""


class Prioridad(StrEnum):
    """Who goes first among the messages that are due at the same time."""

    URGENTE = "urgente"
    NORMAL = "normal"
    MASIVA = "masiva"


class Motivo(StrEnum):
    """Why a message did not leave, or not yet."""

    MOMENTO_PASADO = "momento_pasado"
    NO_CONTACTAR = "no_contactar"
    PERSONA_FALLECIDA = "persona_fallecida"
    CANAL_VEDADO = "canal_vedado"
    FUERA_DE_SU_HORARIO = "fuera_de_su_horario"
    PREFIERE_LLAMADA = "prefiere_llamada"
    PERSONA_BLOQUEADA = "persona_bloqueada"
    PERSONA_SUPRIMIDA = "persona_suprimida"
    SUPRESION_DECIDIDA = "supresion_decidida"
    SUPRESION_CONFIRMADA = "supresion_confirmada"
    CONSENTIMIENTO_RETIRADO = "consentimiento_retirado"
    SIN_CONTACTO = "sin_contacto"
    INSTITUCION_SIN_CORREO = "institucion_sin_correo"
    CITA_CANCELADA = "cita_cancelada"
    CITA_REPROGRAMADA = "cita_reprogramada"
    CITA_TERMINADA = "cita_terminada"
    YA_LO_DICE_OTRO = "ya_lo_dice_otro"
    REGLA_CAMBIADA = "regla_cambiada"
    REGLA_APAGADA = "regla_apagada"
    DERIVACION_NO_VIGENTE = "derivacion_no_vigente"
    DERIVACION_DECIDIDA = "derivacion_decidida"
    ENLACE_NO_VIGENTE = "enlace_no_vigente"
    PLAZO_TERMINADO = "plazo_terminado"
    SOLICITUD_RESPONDIDA = "solicitud_respondida"
    INCIDENTE_ATENDIDO = "incidente_atendido"
    EN_RESUMEN = "en_resumen"
    CON_OTROS = "con_otros"
    NADA_QUE_RESUMIR = "nada_que_resumir"
    YA_NO_LE_CORRESPONDE = "ya_no_le_corresponde"
    VENTANA_CERRADA = "ventana_cerrada"
    DATOS_NO_DISPONIBLES = "datos_no_disponibles"
    PROVEEDOR_NO_DISPONIBLE = "proveedor_no_disponible"
    PROVEEDOR_RECHAZA = "proveedor_rechaza"
    PROVEEDOR_SIN_RESPUESTA = "proveedor_sin_respuesta"
    ENVIO_INTERRUMPIDO = "envio_interrumpido"
    PROVEEDOR_EN_PAUSA = "proveedor_en_pausa"
    PRESUPUESTO_AGOTADO = "presupuesto_agotado"
    LIMITE_DE_DESTINATARIO = "limite_de_destinatario"
    REBOTADO = "rebotado"
    DIRECCION_DE_BAJA = "direccion_de_baja"
    DIRECCION_REBOTA = "direccion_rebota"
    CADUCADO = "caducado"
    PEDIDO_CANCELADO = "pedido_cancelado"
