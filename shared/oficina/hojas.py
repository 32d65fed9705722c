"""Rows as files that somebody opens in a spreadsheet, written one after the other.

A cell is a text, a number, a day, a moment (on Chile's clocks), yes or no, or nothing. No text is
taken for a formula.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from typing import IO

from flask_babel import gettext as _

from oficina.clock import local

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_ANCHO = 18


def inofensivo(escrito: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{escrito}" if escrito.startswith(_FORMULAS) and len(escrito) > 1 else escrito


def a_csv(titulos: Sequence[str], filas: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """A line a row, UTF-8, comma."""
    texto = StringIO()
    escritor = csv.writer(texto, lineterminator="\r\n")
    escritor.writerow([inofensivo(titulo) for titulo in titulos])
    for fila in filas:
        escritor.writerow([_en_texto(valor) for valor in fila])
        yield _taken(texto)
    yield _taken(texto)


def a_xlsx(
    salida: IO[bytes], hoja: str, titulos: Sequence[str], filas: Iterable[Sequence[object]]
) -> None:
    """A workbook of one sheet; a row leaves the memory as the next one comes."""
    import xlsxwriter  # noqa: PLC0415  only who asks for a workbook waits for it

    with xlsxwriter.Workbook(salida, {"constant_memory": True}) as libro:
        titulo = libro.add_format({"bold": True, "bottom": 1})
        dia = libro.add_format({"num_format": "dd-mm-yyyy"})
        momento = libro.add_format({"num_format": "dd-mm-yyyy hh:mm"})
        escrita = libro.add_worksheet(hoja[:31])
        escrita.set_column(0, max(0, len(titulos) - 1), _ANCHO)
        escrita.freeze_panes(1, 0)
        for columna, nombre in enumerate(titulos):
            escrita.write_string(0, columna, nombre, titulo)
        for numero, fila in enumerate(filas, 1):
            for columna, valor in enumerate(fila):
                if isinstance(valor, datetime):
                    en_chile = local(valor).replace(tzinfo=None, second=0, microsecond=0)
                    escrita.write_datetime(numero, columna, en_chile, momento)
                elif isinstance(valor, date):
                    escrita.write_datetime(numero, columna, valor, dia)
                elif isinstance(valor, (int, float)) and not isinstance(valor, bool):
                    escrita.write_number(numero, columna, valor)
                elif valor is not None and valor != "":
                    escrita.write_string(numero, columna, _dicho(valor))


def _en_texto(valor: object) -> object:
    if isinstance(valor, datetime):
        return local(valor).isoformat(timespec="minutes")
    if isinstance(valor, (int, float)) and not isinstance(valor, bool):
        return valor
    return inofensivo(_dicho(valor))


def _dicho(valor: object) -> str:
    if valor is None:
        return ""
    if isinstance(valor, bool):
        return str(_("Sí") if valor else _("No"))
    return valor.isoformat() if isinstance(valor, date) else str(valor)


def _taken(texto: StringIO) -> bytes:
    """What was written since the last time."""
    written = texto.getvalue().encode()
    texto.seek(0)
    texto.truncate()
    return written
