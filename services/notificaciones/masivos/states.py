"""The life of a bulk, and why a row of it makes no message."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where a bulk is."""

    REVISANDO = "revisando"  # its owners are asked about each row
    EN_REVISION = "en_revision"  # somebody looks at what would be sent
    ENVIANDO = "enviando"
    PAUSADO = "pausado"
    TERMINADO = "terminado"  # every row has had its chance
    CANCELADO = "cancelado"
    DESCARTADO = "descartado"  # never sent; its rows are gone


class Paso(StrEnum):
    """What happens to a bulk."""

    REVISAR = "revisar"
    CONFIRMAR = "confirmar"
    PAUSAR = "pausar"
    REANUDAR = "reanudar"
    CANCELAR = "cancelar"
    TERMINAR = "terminar"
    DESCARTAR = "descartar"


E, P = Estado, Paso

PASOS: Mapping[Estado, Mapping[Paso, Estado]] = {
    E.REVISANDO: {P.REVISAR: E.EN_REVISION, P.DESCARTAR: E.DESCARTADO},
    E.EN_REVISION: {P.CONFIRMAR: E.ENVIANDO, P.DESCARTAR: E.DESCARTADO},
    E.ENVIANDO: {P.PAUSAR: E.PAUSADO, P.CANCELAR: E.CANCELADO, P.TERMINAR: E.TERMINADO},
    E.PAUSADO: {P.REANUDAR: E.ENVIANDO, P.CANCELAR: E.CANCELADO},
    E.TERMINADO: {},
    E.CANCELADO: {},
    E.DESCARTADO: {},
}

SIN_CONFIRMAR = frozenset({E.REVISANDO, E.EN_REVISION})
TRABAJAN = frozenset({E.REVISANDO, E.ENVIANDO})
"""Those that go on by themselves."""
EN_CURSO = frozenset({E.REVISANDO, E.ENVIANDO, E.PAUSADO})
"""Those whose page follows itself: what waits to leave leaves also while the rest is paused."""


class Problema(StrEnum):
    """Why a row makes no message."""

    FALTA = "falta"  # a cell is empty
    DATO = "dato"  # a cell is not what its variable holds
    DIRECCION = "direccion"
    IDIOMA = "idioma"
    PERSONA_NO_HALLADA = "persona_no_hallada"
    PERSONA_EN_VARIAS = "persona_en_varias"
    REPETIDA = "repetida"
    CANAL = "canal"  # the template has no text for where it would go
    LARGO = "largo"
    NO_SE_PIDIO = "no_se_pidio"  # what was so when it was looked at is not so any more
    SUPRIMIDA = "suprimida"
