"""How an attempt to hand a message over ended."""

from dataclasses import dataclass
from enum import StrEnum


class Desenlace(StrEnum):
    """The four ends of an attempt."""

    ENTREGADO = "entregado"
    TRANSITORIO = "transitorio"
    DEFINITIVO = "definitivo"
    INCIERTO = "incierto"


@dataclass(frozen=True)
class Resultado:
    """One end, with the provider's reference.

    `guarda_enlace`: the provider is the office itself, so the text is kept with its link.
    """

    desenlace: Desenlace
    referencia: str = ""
    guarda_enlace: bool = False
