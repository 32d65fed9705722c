"""Where a reader of the facts stands."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from flask_babel import gettext as _

from oficina.errors import DatosInvalidos

_MAXIMO = 2**63


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
        cambio, _punto, fila = texto.partition(".")
        try:
            leido = cls(int(cambio), UUID(fila))
        except ValueError as error:
            raise _ajeno() from error
        if not 0 <= leido.cambio < _MAXIMO:
            raise _ajeno()
        return leido

    def __str__(self) -> str:
        return f"{self.cambio}.{self.fila}"


def _ajeno() -> DatosInvalidos:
    return DatosInvalidos({"desde": [_("No es un cursor de esta página.")]})
