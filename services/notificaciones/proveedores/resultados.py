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
    """One end, with the provider's reference."""

    desenlace: Desenlace
    referencia: str = ""
