"""Which states a union has, which steps are allowed, and what stands against one."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where a union is."""

    HECHA = "hecha"
    DESHECHA = "deshecha"


class Paso(StrEnum):
    """What happens to a union."""

    DESHACER = "deshacer"


PASOS: Mapping[Estado, Mapping[Paso, Estado]] = {
    Estado.HECHA: {Paso.DESHACER: Estado.DESHECHA},
    Estado.DESHECHA: {},
}


class Obstaculo(StrEnum):
    """Why two records cannot be joined now, or a union not be undone."""

    SUPRESION_PEDIDA = "supresion_pedida"
    SELLADA = "sellada"
    FUERA_DE_PLAZO = "fuera_de_plazo"
    OTRA_UNION_DESPUES = "otra_union_despues"
    DATOS_NO_DISPONIBLES = "datos_no_disponibles"
