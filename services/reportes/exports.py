"""The figures as files: CSV for machines, a workbook for people.

What comes out of a file says for whom it is, in its name and in its first lines or column.
"""

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any

from flask_babel import gettext as _

from oficina.hojas import inofensivo
from reportes.figuras import TODAS, Celda, Figuras, Tabla
from reportes.indicadores import Indicador
from reportes.labels import DIMENSIONES, Palabras
from reportes.states import Alcance

COLUMNAS = (
    "mes",
    "alcance",
    "indicador",
    "dimension_1",
    "codigo_1",
    "etiqueta_1",
    "dimension_2",
    "codigo_2",
    "etiqueta_2",
    "valor",
    "mes_anterior",
)

# The Humanitarian Exchange Language, for those who collect open data of many sources.
HXL = (
    "#date+month",
    "#meta+scope",
    "#indicator+code",
    "#meta+dimension1",
    "#group+code1",
    "#group+name1",
    "#meta+dimension2",
    "#group+code2",
    "#group+name2",
    "#indicator+value",
    "#indicator+value+previous",
)

RESERVADO = "reservado"
"""In the place of a number that is kept secret: never a 0, never nothing."""


def nombre(figuras: Figuras, extension: str) -> str:
    """The name of a file, which says for whom it is."""
    marca = "publicable" if figuras.alcance is Alcance.PUBLICABLE else "uso-interno"
    return f"acogida-{figuras.mes.clave}-{marca}.{extension}"


def a_csv(figuras: Figuras, palabras: Palabras) -> str:
    """One row a cell, UTF-8, comma; a total has `*` as its code."""
    texto = StringIO()
    escritor = csv.writer(texto, lineterminator="\r\n")
    escritor.writerow(COLUMNAS)
    if figuras.alcance is Alcance.PUBLICABLE:
        escritor.writerow(HXL)
    for tabla in figuras.tablas.values():
        for celda in tabla.celdas():
            escritor.writerow(_fila_csv(figuras, tabla, celda, palabras))
    return texto.getvalue()


def a_xlsx(figuras: Figuras, palabras: Palabras, idioma: str) -> bytes:
    """A sheet an indicator, written row by row so that memory stays flat."""
    import xlsxwriter  # noqa: PLC0415  only who asks for a workbook waits for it

    salida = BytesIO()
    with xlsxwriter.Workbook(salida, {"constant_memory": True}) as libro:
        libro.set_properties({"title": f"{figuras.mes.clave} · {alcance_dicho(figuras.alcance)}"})
        hojas = _Hojas(libro, figuras, palabras, idioma)
        for tabla in figuras.tablas.values():
            hojas.escribir(tabla)
    return salida.getvalue()


def alcance_dicho(alcance: Alcance) -> str:
    """For whom figures are, in words."""
    if alcance is Alcance.PUBLICABLE:
        return str(_("Publicable"))
    return str(_("Uso interno: no publicar"))


def _fila_csv(figuras: Figuras, tabla: Tabla, celda: Celda, palabras: Palabras) -> list[str | int]:
    fila: list[str | int] = [figuras.mes.clave, figuras.alcance, tabla.indicador.clave]
    ejes = [*zip(tabla.indicador.dimensiones, celda, strict=True), ("", ""), ("", "")][:2]
    for dimension, codigo in ejes:
        fila += [dimension, inofensivo(codigo), inofensivo(_dicho(palabras, dimension, codigo))]
    fila += [_numero(tabla.valor(celda)), _numero(tabla.anterior(celda))]
    return fila


class _Hojas:
    """Writes one table a sheet."""

    def __init__(self, libro: Any, figuras: Figuras, palabras: Palabras, idioma: str) -> None:
        self._libro = libro
        self._figuras = figuras
        self._palabras = palabras
        self._idioma = idioma
        self._negrita = libro.add_format({"bold": True})
        self._numero = libro.add_format({"num_format": "#,##0"})
        self._nombres: set[str] = set()

    def escribir(self, tabla: Tabla) -> None:
        """A sheet with what it counts, for whom, and a row a cell."""
        indicador = tabla.indicador
        hoja = self._libro.add_worksheet(self._nombre(indicador))
        hoja.set_column(0, 1, 36)
        hoja.write_string(0, 0, texto(indicador.nombre, self._idioma), self._negrita)
        hoja.write_string(
            1, 0, f"{self._figuras.mes.clave} · {alcance_dicho(self._figuras.alcance)}"
        )
        hoja.write_string(
            2,
            0,
            " ".join(
                (
                    f"{texto(indicador.numerador, self._idioma)}.",
                    f"{texto(indicador.fuente, self._idioma)}.",
                    texto(indicador.calculo, self._idioma),
                )
            ),
        )
        cabeza = [str(DIMENSIONES[dimension]) for dimension in indicador.dimensiones] or [""]
        cabeza += [self._figuras.mes.clave, self._figuras.mes.anterior.clave]
        for columna, titulo in enumerate(cabeza):
            hoja.write_string(3, columna, titulo, self._negrita)
        for renglon, celda in enumerate(_celdas_de_hoja(tabla), start=4):
            dichas = self._dichas(indicador, celda)
            for columna, dicha in enumerate(dichas):
                hoja.write_string(renglon, columna, dicha)
            self._valor(hoja, renglon, len(dichas), tabla.valor(celda))
            self._valor(hoja, renglon, len(dichas) + 1, tabla.anterior(celda))

    def _dichas(self, indicador: Indicador, celda: Celda) -> list[str]:
        ejes = zip(indicador.dimensiones, celda, strict=True)
        return [_dicho(self._palabras, dimension, codigo) for dimension, codigo in ejes] or [
            texto(indicador.unidad, self._idioma)
        ]

    def _valor(self, hoja: Any, renglon: int, columna: int, valor: int | None) -> None:
        if valor is None:
            hoja.write_string(renglon, columna, _("reservado"))
        else:
            hoja.write_number(renglon, columna, valor, self._numero)

    def _nombre(self, indicador: Indicador) -> str:
        """At most 31 characters, as workbooks ask, and unlike the others."""
        largo = texto(indicador.nombre, self._idioma)
        corto = largo if len(largo) <= 31 else f"{largo[:28].rstrip()}…"
        while corto in self._nombres:
            corto = f"{corto[:29]}·2"
        self._nombres.add(corto)
        return corto


def _celdas_de_hoja(tabla: Tabla) -> Iterator[Celda]:
    """Categories first, the total at the end."""
    yield from (celda for celda in tabla.celdas() if celda != tabla.celda_total)
    yield tabla.celda_total


def _dicho(palabras: Palabras, dimension: str, codigo: str) -> str:
    if not dimension:
        return ""
    return str(_("Total")) if codigo == TODAS else palabras.de(dimension, codigo)


def _numero(valor: int | None) -> str | int:
    return RESERVADO if valor is None else valor


def texto(textos: Any, idioma: str) -> str:
    """The text in a language, in Spanish where there is none."""
    return str(textos.get(idioma) or textos["es"])
