"""Sheets of people, of the network and of programmes, as a file. All people are synthetic."""

import csv
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter
from tests.unit.casos.conftest import Ventanilla
from werkzeug.test import TestResponse

Fila = Mapping[str, Any]


def titulos(filas: Sequence[Fila]) -> list[str]:
    """The titles that any row has, in their order."""
    return list(dict.fromkeys(titulo for fila in filas for titulo in fila))


def xlsx(**hojas: Sequence[Fila]) -> bytes:
    """A workbook with these sheets."""
    salida = BytesIO()
    with xlsxwriter.Workbook(salida, {"default_date_format": "dd-mm-yyyy"}) as libro:
        for nombre, filas in hojas.items():
            hoja = libro.add_worksheet(nombre)
            hoja.write_row(0, 0, titulos(filas))
            for n, fila in enumerate(filas, 1):
                hoja.write_row(n, 0, [fila.get(titulo, "") for titulo in titulos(filas)])
    return salida.getvalue()


def en_csv(filas: Sequence[Fila], separador: str = ";", codificacion: str = "utf-8-sig") -> bytes:
    """The same as a CSV."""
    salida = StringIO(newline="")
    escritor = csv.writer(salida, delimiter=separador)
    escritor.writerow(titulos(filas))
    escritor.writerows([fila.get(titulo, "") for titulo in titulos(filas)] for fila in filas)
    return salida.getvalue().encode(codificacion)


def traer(
    ventanilla: Ventanilla,
    contenido: bytes,
    *,
    rol: str = "coordinacion",
    nombre: str = "planilla.xlsx",
    **datos: str,
) -> TestResponse:
    """Bring a file on the page."""
    archivo = {"archivo": (BytesIO(contenido), nombre)}
    return ventanilla.enviar("/importaciones", archivo | datos, rol)


def traida(ventanilla: Ventanilla, contenido: bytes, **mas: str) -> str:
    """The address of a file that was brought."""
    answer = traer(ventanilla, contenido, **mas)
    assert answer.status_code == 303, answer.text
    return answer.location.removeprefix("/casos")
