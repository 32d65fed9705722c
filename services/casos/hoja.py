"""A page of what a list found, of whatever it is a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

POR_HOJA = 25

T = TypeVar("T")
Celda = str | int | None
"""What a list says in one cell of its file."""


@dataclass(frozen=True)
class Hoja(Generic[T]):
    """Some of many: what one page of a list shows."""

    filas: Sequence[T]
    total: int
    pagina: int
    paginas: int


def hoja(todas: Sequence[T], pagina: int, por_hoja: int = POR_HOJA) -> Hoja[T]:
    """A page of what was found, counted from 1; the nearest that exists when there is no such."""
    paginas = max(1, -(-len(todas) // por_hoja))
    pagina = min(max(pagina, 1), paginas)
    desde = (pagina - 1) * por_hoja
    return Hoja(todas[desde : desde + por_hoja], len(todas), pagina, paginas)
