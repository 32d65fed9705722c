"""What an answer may mean, what it did, and whether somebody still has to read it."""

from enum import StrEnum


class Intencion(StrEnum):
    """What a person wants to say."""

    SI = "si"
    NO = "no"
    BAJA = "baja"
    ALTA = "alta"
    AYUDA = "ayuda"


class Efecto(StrEnum):
    """What an answer did; of one that did nothing by itself, why."""

    CITA_CONFIRMADA = "cita_confirmada"
    CITA_RECHAZADA = "cita_rechazada"
    DERIVACION_CONFIRMADA = "derivacion_confirmada"
    DERIVACION_DISPUTADA = "derivacion_disputada"
    DE_BAJA = "de_baja"
    DE_ALTA = "de_alta"
    AYUDA = "ayuda"
    NO_ENTENDIDA = "no_entendida"
    SIN_CITA = "sin_cita"
    VARIAS_CITAS = "varias_citas"
    PERSONA_BLOQUEADA = "persona_bloqueada"


class Estado(StrEnum):
    """Whether somebody has to read it."""

    RESUELTA = "resuelta"  # it did by itself what it had to
    PENDIENTE = "pendiente"
    ATENDIDA = "atendida"


SOLAS = frozenset(
    {
        Efecto.CITA_CONFIRMADA,
        Efecto.CITA_RECHAZADA,
        Efecto.DERIVACION_CONFIRMADA,
        Efecto.DERIVACION_DISPUTADA,
        Efecto.DE_BAJA,
        Efecto.DE_ALTA,
        Efecto.AYUDA,
    }
)
"""What is done without anybody."""
