"""Where a reader of the facts stands."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from oficina.errors import DatosInvalidos


@dataclass(frozen=True, order=True)
class Cursor:
    """The last row read: the number of its change, and among equals its id."""

    cambio: int
    fila: UUID

    @classmethod
    def leer(cls, texto: str) -> Self:
        """The cursor that `str` wrote; empty is the beginning. Raises DatosInvalidos."""
        if not texto:
            return cls(0, UUID(int=0))
        cambio, _, fila = texto.partition(".")
        try:
            return cls(int(cambio), UUID(fila))
        except ValueError as error:
            raise DatosInvalidos({"desde": ["No es un cursor de esta página."]}) from error

    def __str__(self) -> str:
        return f"{self.cambio}.{self.fila}"
