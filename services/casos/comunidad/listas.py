"""What the lists of the community's work repeat: a page of many, and the same list as a file."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Generic, TypeVar

from flask import Response

from oficina.hojas import inofensivo

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
    cuerpo: str | bytes
    if tipo == "csv":
        cuerpo, mimetype = a_csv(titulos, filas), "text/csv; charset=utf-8"
    else:
        cuerpo = a_xlsx(titulo, titulos, filas)
        mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    disposition = f'attachment; filename="acogida-{nombre}.{tipo}"'
    return Response(cuerpo, mimetype=mimetype, headers={"Content-Disposition": disposition})


def a_csv(titulos: Sequence[str], filas: Iterable[Sequence[Celda]]) -> str:
    """UTF-8, one line a row, the titles on top."""
    texto = StringIO()
    escritor = csv.writer(texto, lineterminator="\r\n")
    escritor.writerow(titulos)
    escritor.writerows([_inofensiva(celda) for celda in fila] for fila in filas)
    return texto.getvalue()


def a_xlsx(titulo: str, titulos: Sequence[str], filas: Iterable[Sequence[Celda]]) -> bytes:
    """One sheet, written row by row so that memory stays flat."""
    import xlsxwriter  # noqa: PLC0415  only who asks for a workbook waits for it

    salida = BytesIO()
    opciones = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(salida, opciones) as libro:
        libro.set_properties({"title": titulo})
        hoja_de_calculo = libro.add_worksheet(titulo[:31])
        hoja_de_calculo.freeze_panes(1, 0)
        hoja_de_calculo.set_column(0, len(titulos) - 1, 22)
        hoja_de_calculo.write_row(0, 0, titulos, libro.add_format({"bold": True}))
        for numero, fila in enumerate(filas, start=1):
            hoja_de_calculo.write_row(numero, 0, fila)
    return salida.getvalue()


def _inofensiva(celda: Celda) -> Celda:
    return inofensivo(celda) if isinstance(celda, str) else celda
