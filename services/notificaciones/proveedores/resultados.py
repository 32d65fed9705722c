"""How an attempt to hand a message over ended."""

from dataclasses import dataclass
from datetime import timedelta
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

    `detalle` is what it answered, a code and never its words: they may repeat the address.
    `espera` is how long it asks to be left alone; `del_destino` says that it does not take this
    message now, for what the message or its address is.
    """

    desenlace: Desenlace
    referencia: str = ""
    detalle: str = ""
    espera: timedelta | None = None
    del_destino: bool = False

    @property
    def del_proveedor(self) -> bool:
        """Whether it is the provider that fails, and not this message alone."""
        return (
            self.desenlace in {Desenlace.TRANSITORIO, Desenlace.INCIERTO} and not self.del_destino
        )
