"""The workbook that people download to fill in: a sheet a kind with its titles and one row of an
invented example, and a sheet that says what is written in each column.
"""

from typing import IO

from flask_babel import gettext as _

from casos.importacion.columnas import Columna, Esquema, Planilla

_ANCHO = 24
_MAX_LISTA = 250
_FILAS_CON_LISTA = 1000


def escribir(salida: IO[bytes], planilla: Planilla, idioma: str) -> None:
    """Write the template of a kind of file in a language of pages. Every cell is a text."""
    import xlsxwriter  # noqa: PLC0415  only who asks for a workbook waits for it

    with xlsxwriter.Workbook(salida) as libro:
        titulo = libro.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        ejemplo = libro.add_format({"italic": True, "font_color": "#595959"})
        texto = libro.add_format({"num_format": "@"})
        envuelto = libro.add_format({"text_wrap": True, "valign": "top"})
        for esquema in planilla.esquemas.values():
            hoja = libro.add_worksheet(esquema.nombre(idioma)[:31])
            # What is typed stays as it is typed: no date is turned round, no zero is lost.
            hoja.set_column(0, len(esquema.columnas) - 1, _ANCHO, texto)
            hoja.freeze_panes(1, 0)
            for n, columna in enumerate(esquema.columnas):
                hoja.write_string(0, n, _titulo(esquema, columna, idioma), titulo)
                hoja.write_string(1, n, columna.ejemplo.get(idioma, ""), ejemplo)
                admitidas = esquema.admitidas(columna.campo, idioma)
                if admitidas and len(",".join(admitidas)) < _MAX_LISTA:
                    regla = {"validate": "list", "source": admitidas, "error_type": "warning"}
                    hoja.data_validation(2, n, _FILAS_CON_LISTA, n, regla)
        hoja = libro.add_worksheet(_("Instrucciones"))
        hoja.set_column(0, 2, _ANCHO)
        hoja.set_column(3, 4, 70, envuelto)
        hoja.write_string(0, 0, _("Qué se escribe en cada columna"), titulo)
        hoja.write_string(1, 0, _("La fila de ejemplo es inventada y no se carga."))
        encabezado = [
            *(_("Hoja"), _("Columna"), _("Obligatoria"), _("Qué se escribe")),
            _("Palabras que se reconocen"),
        ]
        for n, dicho in enumerate(encabezado):
            hoja.write_string(3, n, dicho, titulo)
        fila = 4
        for esquema in planilla.esquemas.values():
            for columna in esquema.columnas:
                dichos = [
                    esquema.nombre(idioma),
                    columna.rotulo(idioma),
                    _("Sí") if columna.campo in esquema.necesarias else "",
                    columna.ayuda.get(idioma, ""),
                    ", ".join(esquema.admitidas(columna.campo, idioma)),
                ]
                for n, dicho in enumerate(dichos):
                    hoja.write_string(fila, n, dicho, envuelto if n > 2 else None)
                fila += 1


def _titulo(esquema: Esquema, columna: Columna, idioma: str) -> str:
    marca = " *" if columna.campo in esquema.necesarias else ""
    return f"{columna.rotulo(idioma)}{marca}"
