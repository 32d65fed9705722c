"""Registers of every kind, and a database to load them into. All people are synthetic."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

import columns
from casos.importacion.atenciones.lectura import Lectura, leer
from casos.red.actions import sembrar
from oficina.actor import Actor
from oficina.db import Database
from oficina.privacy import Keyring, use_keyring

DATOS = Path(__file__).parents[3] / "datos"

TITULOS = [
    "N°", "FECHA ATENCIÓN", "NOMBRE COMPLETO", "RUT / PASAPORTE", "NACIONALIDAD", "SEXO",
    "F. NAC / EDAD", "TELÉFONO", "DIRECCIÓN", "MOTIVO CONSULTA", "DERIVADO A",
    "FECHA DERIVACIÓN", "RESULTADO", "FUNCIONARIO/A", "OBSERVACIONES",
]  # fmt: skip

_COMUN = {
    "FECHA ATENCIÓN": "02/01/2024",
    "NOMBRE COMPLETO": "Ana Pérez Rojas",
    "NACIONALIDAD": "Perú",
    "MOTIVO CONSULTA": "RSH",
}

Hojas = Mapping[str, Sequence[Sequence[Any]]]


def _libro(hojas: Hojas) -> bytes:
    """A workbook with these sheets, written as Excel would: an empty text is an empty cell."""
    salida = BytesIO()
    with xlsxwriter.Workbook(salida, {"default_date_format": "dd/mm/yyyy"}) as libro:
        for nombre, renglones in hojas.items():
            hoja = libro.add_worksheet(nombre)
            for n, renglon in enumerate(renglones):
                hoja.write_row(n, 0, renglon)
    return salida.getvalue()


def _registro(*filas: Mapping[str, Any], hoja: str = "ENERO 2024") -> bytes:
    """A register of one sheet; a row says only what is not as usual."""
    renglones = [[{**_COMUN, **fila}.get(titulo, "") for titulo in TITULOS] for fila in filas]
    return _libro({hoja: [TITULOS, *renglones]})


@pytest.fixture
def libro() -> Callable[[Hojas], bytes]:
    """Make a workbook of sheets."""
    return _libro


@pytest.fixture
def registro() -> Callable[..., bytes]:
    """Make a register of rows."""
    return _registro


@pytest.fixture
def muchas() -> Callable[[int], bytes]:
    """Make a register of so many rows: some people come back, some have no document."""

    def hacer(cuantas: int) -> bytes:
        return _registro(*map(_fila, range(cuantas)))

    return hacer


def _fila(n: int) -> dict[str, Any]:
    quien = n % 97
    nombre = f"Ana Pérez {chr(65 + quien // 26)}{chr(97 + quien % 26)}"
    documento = "s/d" if quien % 5 == 0 else f"pas. P{quien:08d}"
    telefono = f"9862{quien:05d}"
    return {
        "FECHA ATENCIÓN": f"{n // 97 + 1:02d}/01/2024",
        "NOMBRE COMPLETO": nombre,
        "RUT / PASAPORTE": documento,
        "TELÉFONO": telefono,
    }


@pytest.fixture
def titulos() -> list[str]:
    """The usual titles."""
    return TITULOS


@pytest.fixture(scope="session")
def archivo_2024() -> Path:
    """A year typed by several hands; synthetic."""
    return DATOS / "registro-atenciones-2024.xlsx"


@pytest.fixture(scope="session")
def esperado_2024() -> Path:
    """What a careful person reads out of it."""
    return DATOS / "registro-atenciones-2024.json"


@pytest.fixture(scope="session")
def lectura_2024(archivo_2024: Path) -> Lectura:
    """The year, read once for all tests that only look at it."""
    return leer(archivo_2024.read_bytes())


@pytest.fixture
def guardar(tmp_path: Path) -> Callable[[bytes], Path]:
    """Write a file of a register and tell where."""

    def escribir(contenido: bytes) -> Path:
        archivo = tmp_path / "registro.xlsx"
        archivo.write_bytes(contenido)
        return archivo

    return escribir


@pytest.fixture
def actor() -> Actor:
    """Who loads."""
    return Actor.sistema("casos")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """The database of casos, with the office's network in it."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    made = Database(columns.file_in(tmp_path, "casos"))
    with made.begin() as session:
        sembrar(session)
    yield made
    made.close()
