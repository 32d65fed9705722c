"""Answers that are files: to keep, by their own name, and in no cache on the way."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO
from weakref import finalize

from flask import Response, current_app

from oficina import hojas

IN_MEMORY = 1_000_000
PIECE = 64 * 1024


def as_file(response: Response, name: str) -> Response:
    """Make an answer a file called `name` (ASCII, no quotes), which nobody opens in the page."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def spooled(write: Callable[[IO[bytes]], None]) -> IO[bytes]:
    """What was written, from its beginning; beyond some size on the disk."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  the answer closes it
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def send(file: IO[bytes], name: str, mimetype: str) -> Response:
    """A file that was written, piece by piece."""

    def pieces() -> Iterator[bytes]:
        with file:
            yield from iter(lambda: file.read(PIECE), b"")

    response: Response = current_app.response_class(pieces(), mimetype=mimetype)
    # Whoever went away before the first piece never began to read; and an answer that an error
    # took the place of is never closed.
    response.call_on_close(finalize(response, file.close))
    return as_file(response, name)


def descarga(
    tipo: str,
    nombre: str,
    titulo: str,
    titulos: Sequence[str],
    filas: Iterable[Sequence[object]],
) -> Response:
    """A list as a file of a type, csv or xlsx, written whole before it leaves.

    The file is called `acogida-<nombre>`; `titulo` names the sheet of a workbook.
    """

    def escribir(salida: IO[bytes]) -> None:
        if tipo == "xlsx":
            hojas.a_xlsx(salida, titulo, titulos, filas)
        else:
            salida.writelines(hojas.a_csv(titulos, filas))

    mimetype = hojas.XLSX if tipo == "xlsx" else hojas.CSV
    return send(spooled(escribir), f"acogida-{nombre}.{tipo}", mimetype)
