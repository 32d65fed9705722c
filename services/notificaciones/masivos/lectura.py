"""The file that somebody brought, CSV or XLSX: its titles, and a row for each recipient.

What makes the whole file useless is told as ArchivoIlegible; what is wrong with one row is found
out in `filas`, and the others go on.
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from notificaciones.masivos.celdas import Celda, escrito
from notificaciones.masivos.limites import limites
from notificaciones.plantillas.catalogo import Plantilla
from oficina import libros
from oficina.libros import ArchivoIlegible
from oficina.texts import N_


@dataclass(frozen=True)
class Pedida:
    """One recipient as it was written; `numero` is its row in the sheet."""

    numero: int
    quien: str
    valores: Mapping[str, Any]
    idioma: str | None = None


@dataclass(frozen=True)
class Leido:
    """What a file asks for; `sin_usar` are the titles of columns that nothing names."""

    a_personas: bool
    filas: Sequence[Pedida]
    sin_usar: Sequence[str] = ()


@dataclass(frozen=True)
class _Columnas:
    quien: int
    a_personas: bool
    idioma: int | None
    variables: Mapping[str, int]
    sin_usar: Sequence[str]


def leer(contenido: bytes, plantilla: Plantilla) -> Leido:
    """Read a file for a template. Raises ArchivoIlegible."""
    if len(contenido) > limites().megas * 1024 * 1024:
        raise ArchivoIlegible(
            N_("El archivo pesa más de %(maximo)s MB."), maximo=str(limites().megas)
        )
    renglones = _renglones(contenido)
    con_algo = [
        (numero, renglon)
        for numero, renglon in enumerate(renglones, 1)
        if any(escrito(celda) for celda in renglon)
    ]
    if len(con_algo) < 2:
        raise ArchivoIlegible(
            N_(
                "El archivo no tiene destinatarios: se espera una fila de títulos y otra "
                "por cada uno."
            )
        )
    if len(con_algo) - 1 > limites().filas:
        raise ArchivoIlegible(
            N_("Son %(filas)s filas; a lo más %(maximo)s en un envío."),
            filas=str(len(con_algo) - 1),
            maximo=str(limites().filas),
        )
    (_titulos, encabezado), *demas = con_algo
    columnas = _columnas([escrito(celda) for celda in encabezado], plantilla)
    return Leido(
        columnas.a_personas,
        [_pedida(numero, renglon, columnas, plantilla) for numero, renglon in demas],
        columnas.sin_usar,
    )


def titulo(texto: str) -> str:
    """A title as titles are compared: «Teléfono móvil» is `telefono_movil`."""
    llano = unicodedata.normalize("NFKD", texto.casefold())
    letras = "".join(letra for letra in llano if not unicodedata.combining(letra))
    return "_".join("".join(c if c.isalnum() else " " for c in letras).split())


def _renglones(contenido: bytes) -> Sequence[Sequence[Celda]]:
    """Those of the first sheet that has any."""
    hojas = libros.leer(contenido) if contenido else []
    return next((hoja.renglones for hoja in hojas if hoja.renglones), [])


def _columnas(encabezado: Sequence[str], plantilla: Plantilla) -> _Columnas:
    titulos = [titulo(uno) for uno in encabezado]
    repetidos = [uno for uno, veces in Counter(filter(None, titulos)).items() if veces > 1]
    if repetidos:
        raise ArchivoIlegible(
            N_("Hay más de una columna con el mismo título: %(titulos)s."),
            titulos=", ".join(repetidos),
        )
    variables = {
        nombre: titulos.index(nombre) for nombre in plantilla.variables if nombre in titulos
    }
    faltan = [
        nombre
        for nombre, variable in plantilla.variables.items()
        if nombre not in variables and not variable.opcional
    ]
    if faltan:
        raise ArchivoIlegible(
            N_("Faltan columnas que la plantilla necesita: %(faltan)s."), faltan=", ".join(faltan)
        )
    libres = {uno: n for n, uno in enumerate(titulos) if uno and n not in variables.values()}
    halladas = {
        clase: [n for uno, n in libres.items() if uno in nombres]
        for clase, nombres in limites().columnas.items()
    }
    de_quien = halladas["direccion"] + halladas["persona"]
    if len(de_quien) != 1:
        raise ArchivoIlegible(
            N_(
                "Se espera una columna que diga a quién, y solo una: una dirección "
                "(%(direccion)s) o una persona (%(persona)s)."
            ),
            direccion=", ".join(limites().columnas["direccion"]),
            persona=", ".join(limites().columnas["persona"]),
        )
    a_personas = bool(halladas["persona"])
    # Of a person the language is known.
    idioma = None if a_personas else next(iter(halladas["idioma"]), None)
    usadas = {*variables.values(), *de_quien, idioma}
    return _Columnas(
        quien=de_quien[0],
        a_personas=a_personas,
        idioma=idioma,
        variables=variables,
        sin_usar=[uno for n, uno in enumerate(encabezado) if uno and n not in usadas],
    )


def _pedida(
    numero: int, renglon: Sequence[Celda], columnas: _Columnas, plantilla: Plantilla
) -> Pedida:
    def celda(n: int) -> Celda:
        return renglon[n] if n < len(renglon) else ""

    idioma = "" if columnas.idioma is None else escrito(celda(columnas.idioma)).lower()
    return Pedida(
        numero=numero,
        quien=escrito(celda(columnas.quien)),
        idioma=idioma or None,
        valores={
            nombre: valor
            for nombre, n in columnas.variables.items()
            if (valor := escrito(celda(n), plantilla.variables[nombre].tipo))
        },
    )
