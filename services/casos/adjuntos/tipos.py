"""What may be attached, by what a file is and not by what it is called: `tipos.json`."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import BinaryIO

_CABEZA = 16
_ZIP = bytes.fromhex("504b0304")
_PARTES = 5000
"""More parts than any paper of an office has in it."""


@dataclass(frozen=True)
class Tipo:
    """One kind of file: how it begins, or which parts its archive has, or what that says it is."""

    codigo: str
    mime: str
    extension: str
    nombre: Mapping[str, str]
    comienza: Sequence[str] = ()
    contiene: Sequence[str] = ()
    dice: str = ""


@dataclass(frozen=True)
class Tipos:
    """One version of what may be attached. `nunca`: what no archive may have within."""

    version: str
    fuente: str
    tipos: tuple[Tipo, ...]
    nunca: tuple[str, ...]

    def tipo(self, codigo: str) -> Tipo:
        """The kind of a code. Raises KeyError."""
        return {uno.codigo: uno for uno in self.tipos}[codigo]


@cache
def tipos() -> Tipos:
    """The version in force."""
    datos = json.loads((files("casos.adjuntos") / "tipos.json").read_text(encoding="utf-8"))
    return Tipos(
        version=datos["version"],
        fuente=datos["fuente"],
        tipos=tuple(Tipo(**uno) for uno in datos["tipos"]),
        nunca=tuple(datos["nunca"]),
    )


def reconocer(contenido: BinaryIO) -> Tipo | None:
    """What a file is; None when it is nothing that may be attached. It is read from its beginning,
    and stands there again afterwards.
    """
    contenido.seek(0)
    cabeza = contenido.read(_CABEZA)
    contenido.seek(0)
    for uno in tipos().tipos:
        if any(cabeza.startswith(bytes.fromhex(firma)) for firma in uno.comienza):
            return uno
    if not cabeza.startswith(_ZIP):
        return None
    try:
        return _de_archivo(contenido)
    finally:
        contenido.seek(0)


def _de_archivo(contenido: BinaryIO) -> Tipo | None:
    try:
        with zipfile.ZipFile(contenido) as archivo:
            partes = archivo.namelist()
            if len(partes) > _PARTES or any(_es_de(parte) for parte in partes):
                return None
            dice = _lo_que_dice(archivo)
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, ValueError):
        return None
    for uno in tipos().tipos:
        if uno.dice and uno.dice == dice:
            return uno
        if uno.contiene and set(uno.contiene) <= set(partes):
            return uno
    return None


def _es_de(parte: str) -> bool:
    llano = parte.lower()
    return any(
        llano.startswith(uno) if uno.endswith("/") else llano.endswith(uno)
        for uno in map(str.lower, tipos().nunca)
    )


def _lo_que_dice(archivo: zipfile.ZipFile) -> str:
    """The kind that an OpenDocument names in its first part."""
    try:
        suya = archivo.getinfo("mimetype")
    except KeyError:
        return ""
    if suya.file_size > 100:
        return ""
    return archivo.read(suya).decode("ascii", errors="replace")
