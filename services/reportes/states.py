"""The life of a report that somebody asked for."""

from collections.abc import Mapping
from enum import StrEnum


class EstadoInforme(StrEnum):
    """Where a report is."""

    SOLICITADO = "solicitado"
    EN_PROCESO = "en_proceso"
    LISTO = "listo"
    FALLIDO = "fallido"


# A report in process whose worker died is taken again by the next one: the state stays.
PASOS: Mapping[EstadoInforme, frozenset[EstadoInforme]] = {
    EstadoInforme.SOLICITADO: frozenset({EstadoInforme.EN_PROCESO}),
    EstadoInforme.EN_PROCESO: frozenset(
        {EstadoInforme.EN_PROCESO, EstadoInforme.LISTO, EstadoInforme.FALLIDO}
    ),
    EstadoInforme.LISTO: frozenset(),
    EstadoInforme.FALLIDO: frozenset(),
}

PENDIENTES = frozenset(estado for estado, pasos in PASOS.items() if pasos)
"""States in which something is still due."""


class Alcance(StrEnum):
    """For whom figures are: `interno` is complete, `publicable` hides small cells."""

    INTERNO = "interno"
    PUBLICABLE = "publicable"
