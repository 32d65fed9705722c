"""A workbook or a CSV that somebody brought: how big a workbook becomes is found out before anybody
opens it, and one with macros is not opened at all.

A file of some kilobytes may hold gigabytes, or one cell in the last corner of a sheet, for which
whoever reads the sheet makes room from the first. Either would take the process away from everybody
in the office.
"""

import csv
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from oficina import codificacion
from oficina.errors import DatosInvalidos
from oficina.texts import N_

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MAX_ABIERTO = 100 * 1024 * 1024
"""Bytes of all its parts together: some hundred thousand attentions."""
MAX_CELDAS = 4_000_000
"""From the first cell of a sheet to its last."""

Celda = str | float | bool | date | datetime | time | timedelta
"""What a cell holds; of one with a formula, what it came to when the file was saved: nothing is
worked out here. In a CSV all are texts."""

_XLSX = b"PK\x03\x04"
_OTROS = (b"%PDF", b"{\\rtf", b"<")
"""How other files begin that are text: a page that some systems call .xls, among them."""
_SEPARADORES = ";,\t|"
_TROZO = 1024 * 1024
_CELDA = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,4})([0-9]{1,9})["']""")
_NO_ES = N_("No es un libro de Excel; se espera un archivo en formato .xlsx.")
_DEMASIADO = N_(
    "El libro es demasiado grande. Si no lo parece, copie sus filas a un "
    "libro nuevo: puede haber algo escrito lejos de ellas."
)
_CON_MACROS = N_(
    "El libro trae macros y no se abre. Guárdelo sin ellas: en Excel, «Guardar como», tipo "
    "«Libro de Excel (.xlsx)»; luego traiga ese archivo."
)
_MACROS = ("/vbaproject.bin", "xl/macrosheets/")
"""What is in a workbook that has programs of its own, whatever it is called."""
_RAROS = 12
_LARGO = 64
"""No reference to a cell is longer."""


class ArchivoIlegible(DatosInvalidos):
    """The file is not one that can be read; the message says what was expected."""

    title = N_("No se puede leer el archivo")

    def __init__(self, texto: str, **valores: str) -> None:
        self.texto, self.valores = texto, valores
        super().__init__({"archivo": [texto % valores]}, texto % valores)


@dataclass(frozen=True)
class Hoja:
    """A sheet from its first cell on: an index plus one is the row that a spreadsheet shows. Rows
    are equally long; a CSV is one sheet without a name.
    """

    nombre: str
    renglones: Sequence[list[Celda]]


def leer(contenido: bytes) -> list[Hoja]:
    """The visible sheets of a workbook, or the one of a CSV. Raises ArchivoIlegible."""
    if not contenido:
        raise ArchivoIlegible(
            N_("El archivo está vacío; se espera un libro de Excel (.xlsx) o un CSV.")
        )
    if not contenido.startswith(_XLSX):
        return [Hoja("", _parejos(renglones_de_csv(contenido)))]
    # As in `abrir`: only who brings a file needs it.
    from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415

    libro = abrir(contenido)
    return [
        Hoja(dato.name, libro.get_sheet_by_name(dato.name).to_python(skip_empty_area=False))
        for dato in libro.sheets_metadata
        if dato.typ is SheetTypeEnum.WorkSheet and dato.visible is SheetVisibleEnum.Visible
    ]


def aviso(contenido: bytes) -> str:
    """What whoever brought a CSV is to look at, in their words: that its encoding was guessed, or
    looks wrong. Empty of a workbook, which says it itself.
    """
    if contenido.startswith(_XLSX):
        return ""
    leido = codificacion.leer(contenido)
    dice = []
    if leido.adivinada is not None:
        cual = codificacion.NOMBRES[leido.adivinada]
        dice.append(_("El archivo no está en UTF-8: se leyó como %(cual)s.", cual=cual))
    if leido.raros:
        raros = " ".join(leido.raros[:_RAROS])
        dice.append(_("Trae signos que aquí no se escriben (%(cuales)s).", cuales=raros))
    if dice:
        dice.append(
            _(
                "Mire si las tildes y las eñes se ven bien. Si no, guárdelo en Excel como "
                "«CSV UTF-8» y tráigalo de nuevo."
            )
        )
    return " ".join(dice)


def renglones_de_csv(contenido: bytes) -> list[list[str]]:
    """The lines of a CSV, whichever of the usual separators it has. Raises ArchivoIlegible."""
    texto = _texto(contenido)
    primera = next((linea for linea in texto.splitlines() if linea.strip()), "")
    cuantos = {uno: primera.count(uno) for uno in _SEPARADORES}
    separador = max(cuantos, key=lambda uno: cuantos[uno])
    try:
        return list(csv.reader(StringIO(texto, newline=""), delimiter=separador, strict=True))
    except csv.Error as error:
        raise ArchivoIlegible(
            N_("No se puede leer como CSV: hay comillas sin cerrar o una celda enorme.")
        ) from error


def abrir(contenido: bytes) -> "CalamineWorkbook":
    """Open a workbook. Raises ArchivoIlegible when it is none, has macros, or is too big."""
    # Only who brings a file needs it, and every process would hold it.
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    if not contenido:
        raise ArchivoIlegible(N_("El archivo está vacío; se espera un libro de Excel (.xlsx)."))
    comprobar(contenido)
    try:
        return CalamineWorkbook.from_filelike(BytesIO(contenido))
    except (CalamineError, zipfile.BadZipFile, ValueError) as error:
        raise ArchivoIlegible(_NO_ES) from error


def comprobar(contenido: bytes) -> None:
    """Raise ArchivoIlegible when a file is no .xlsx by its content, has macros, or is too big to be
    opened.
    """
    abierto = 0
    try:
        with zipfile.ZipFile(BytesIO(contenido)) as libro:
            partes = libro.infolist()
        if "xl/workbook.xml" not in {parte.filename for parte in partes}:
            raise zipfile.BadZipFile
        if any(macro in f"/{parte.filename}".lower() for parte in partes for macro in _MACROS):
            raise ArchivoIlegible(_CON_MACROS)
        for parte in partes:
            resto, fila, columna = b"", 0, 0
            for trozo in _abrir(contenido, parte):
                abierto += len(trozo)
                for celda in _CELDA.finditer(resto + trozo):
                    fila, columna = max(fila, int(celda[2])), max(columna, _numero(celda[1]))
                resto = trozo[-_LARGO:]
                if abierto > MAX_ABIERTO or fila * columna > MAX_CELDAS:
                    raise ArchivoIlegible(_DEMASIADO)
    except (zipfile.BadZipFile, zlib.error, struct.error, ValueError) as error:
        raise ArchivoIlegible(_NO_ES) from error


def _texto(contenido: bytes) -> str:
    binario = b"\x00" in contenido and not contenido.startswith((b"\xff\xfe", b"\xfe\xff"))
    if binario or contenido.lstrip().startswith(_OTROS):
        raise ArchivoIlegible(N_("No es un archivo CSV ni un libro de Excel (.xlsx)."))
    return codificacion.leer(contenido).texto


def _parejos(renglones: Sequence[Sequence[str]]) -> list[list[Celda]]:
    ancho = max(map(len, renglones), default=0)
    if len(renglones) * ancho > MAX_CELDAS:
        raise ArchivoIlegible(_DEMASIADO)
    return [[*renglon, *[""] * (ancho - len(renglon))] for renglon in renglones]


def _abrir(contenido: bytes, parte: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a part really holds, whatever the file says about its size."""
    largos = struct.unpack_from("<HH", contenido, parte.header_offset + 26)
    desde = parte.header_offset + 30 + sum(largos)
    datos = contenido[desde : desde + parte.compress_size]
    if parte.compress_type == zipfile.ZIP_STORED:
        yield datos
        return
    if parte.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile
    inflar = zlib.decompressobj(-zlib.MAX_WBITS)
    while datos and not inflar.eof:
        yield inflar.decompress(datos, _TROZO)
        datos = inflar.unconsumed_tail


def _numero(letras: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    numero = 0
    for letra in letras.upper():
        numero = numero * 26 + letra - ord("A") + 1
    return numero
