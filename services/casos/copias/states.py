"""The life of a copy of somebody's data."""

from collections.abc import Mapping
from enum import StrEnum


class EstadoCopia(StrEnum):
    """Where a copy is."""

    PEDIDA = "pedida"
    EN_PROCESO = "en_proceso"
    LISTA = "lista"
    FALLIDA = "fallida"
    CADUCADA = "caducada"


E = EstadoCopia

# One in process whose worker died is taken again by the next: the state stays.
PASOS: Mapping[EstadoCopia, frozenset[EstadoCopia]] = {
    E.PEDIDA: frozenset({E.EN_PROCESO}),
    E.EN_PROCESO: frozenset({E.EN_PROCESO, E.LISTA, E.FALLIDA}),
    E.LISTA: frozenset({E.CADUCADA}),
    E.FALLIDA: frozenset(),
    E.CADUCADA: frozenset(),
}

POR_HACER = frozenset({E.PEDIDA, E.EN_PROCESO})
