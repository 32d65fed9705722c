"""A workbook that somebody brought: how big it becomes is found out before anybody opens it.

A file of some kilobytes may hold gigabytes, or one cell in the last corner of a sheet, for which
whoever reads the sheet makes room from the first. Either would take the process away from everybody
in the office.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from oficina.errors import DatosInvalidos
from oficina.texts import N_

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MAX_ABIERTO = 100 * 1024 * 1024
"""Bytes of all its parts together: some hundred thousand attentions."""
MAX_CELDAS = 4_000_000
"""From the first cell of a sheet to its last."""

_TROZO = 1024 * 1024
_CELDA = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,4})([0-9]{1,9})["']""")
_NO_ES = N_("No es un libro de Excel; se espera un archivo en formato .xlsx.")
_LARGO = 64
"""No reference to a cell is longer."""


class ArchivoIlegible(DatosInvalidos):
    """The file is not one that can be read; the message says what was expected."""

    title = N_("No se puede leer el archivo")

    def __init__(self, texto: str, **valores: str) -> None:
        self.texto, self.valores = texto, valores
        super().__init__({"archivo": [texto % valores]}, texto % valores)


def abrir(contenido: bytes) -> "CalamineWorkbook":
    """Open a workbook. Raises ArchivoIlegible when it is none, or too big to be opened."""
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
    """Raise ArchivoIlegible when a file is no .xlsx by its content, or too big to be opened."""
    abierto = 0
    try:
        with zipfile.ZipFile(BytesIO(contenido)) as libro:
            partes = libro.infolist()
        if "xl/workbook.xml" not in {parte.filename for parte in partes}:
            raise zipfile.BadZipFile
        for parte in partes:
            resto, fila, columna = b"", 0, 0
            for trozo in _abrir(contenido, parte):
                abierto += len(trozo)
                for celda in _CELDA.finditer(resto + trozo):
                    fila, columna = max(fila, int(celda[2])), max(columna, _numero(celda[1]))
                resto = trozo[-_LARGO:]
                if abierto > MAX_ABIERTO or fila * columna > MAX_CELDAS:
                    raise ArchivoIlegible(
                        N_(
                            "El libro es demasiado grande. Si no lo parece, copie sus filas a un "
                            "libro nuevo: puede haber algo escrito lejos de ellas."
                        )
                    )
    except (zipfile.BadZipFile, zlib.error, struct.error, ValueError) as error:
        raise ArchivoIlegible(_NO_ES) from error


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
