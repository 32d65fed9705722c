"""A list as a file, with the columns that its reader may read; written down in the audit."""

from collections.abc import Iterator
from typing import IO, Any

from flask import Response
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from casos.alcance import Alcance
from casos.listas.lista import Lista
from casos.listas.presentacion import celda, columnas_a_la_vista
from oficina import clock, hojas
from oficina.audit import registrar_lectura
from oficina.errors import Conflicto
from oficina.web.app import env
from oficina.web.auth import actor
from oficina.web.files import send, spooled

MAXIMO = 100_000
"""Rows that one file may have; whoever wants more narrows the list."""


def archivo(
    una: Lista, filtro: Any, formato: str, *, motivo: str, solo: ColumnElement[bool] | None = None
) -> Response:
    """The rows of a filter as a CSV or XLSX file, or only some of them. `motivo` is what the audit
    says of which ones, in codes. Raises Conflicto for more than a file takes.
    """
    alcance, ahora = Alcance.de(actor()), clock.now()
    cuenta = una.preguntar(filtro, alcance, ahora).cuenta
    with env().db.read() as session:
        total = session.scalars(cuenta if solo is None else cuenta.where(solo)).one()
    if total > MAXIMO:
        raise Conflicto(
            _("Son %(total)s filas y un archivo lleva %(maximo)s: acote la lista.")
            % {"total": total, "maximo": MAXIMO}
        )
    columnas = columnas_a_la_vista(una)
    titulos = [str(columna.titulo) for columna in columnas]
    van = 0

    def filas() -> Iterator[list[object]]:
        nonlocal van
        for fila in una.recorrer(env().db, filtro, alcance, ahora, solo=solo):
            van += 1
            yield [celda(columna, fila) for columna in columnas]

    def escribir(salida: IO[bytes]) -> None:
        if formato == "xlsx":
            hojas.a_xlsx(salida, str(una.titulo), titulos, filas())
        else:
            salida.writelines(hojas.a_csv(titulos, filas()))

    hecho = spooled(escribir)
    registrar_lectura(
        env().db, actor(), una.exporta, una.recurso, None, cantidad=van, motivo_codigo=motivo
    )
    nombre = f"acogida-{una.nombre}-{clock.today().isoformat()}.{formato}"
    return send(hecho, nombre, hojas.XLSX if formato == "xlsx" else hojas.CSV)
