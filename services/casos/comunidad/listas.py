"""What the lists of the community's work repeat: a page of many, and the same list as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import Response

from oficina import hojas
from oficina.web.files import send, spooled

POR_HOJA = 25

T = TypeVar("T")
Celda = str | int | None


@dataclass(frozen=True)
class Hoja(Generic[T]):
    """Some of many: what one page of a list shows."""

    filas: Sequence[T]
    total: int
    pagina: int
    paginas: int


def hoja(todas: Sequence[T], pagina: int) -> Hoja[T]:
    """A page of what was found, counted from 1; the nearest that exists when there is no such."""
    paginas = max(1, -(-len(todas) // POR_HOJA))
    pagina = min(max(pagina, 1), paginas)
    desde = (pagina - 1) * POR_HOJA
    return Hoja(todas[desde : desde + POR_HOJA], len(todas), pagina, paginas)


def descarga(
    tipo: str, nombre: str, titulo: str, titulos: Sequence[str], filas: Sequence[Sequence[Celda]]
) -> Response:
    """A list as a file of a type, csv or xlsx."""
    archivo = f"acogida-{nombre}.{tipo}"
    if tipo == "csv":
        return send(
            spooled(lambda f: f.writelines(hojas.a_csv(titulos, filas))), archivo, hojas.CSV
        )
    return send(spooled(lambda f: hojas.a_xlsx(f, titulo, titulos, filas)), archivo, hojas.XLSX)
