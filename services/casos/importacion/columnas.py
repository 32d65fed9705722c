"""Which columns each kind of sheet has, versioned data in the `columnas.json` of each kind: how
their titles are written in Spanish and English, what is written below, and an example.

The same data make the template that people download, so that what they fill in is recognised.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from casos.importacion.models import Tipo
from casos.importacion.vocabulario import Lista, plano

IDIOMAS = ("es", "en")


@dataclass(frozen=True)
class Columna:
    """A column. Texts by language, `es` and `en`; `titulos` is every way of writing its title."""

    campo: str
    rotulos: Mapping[str, str]
    ayuda: Mapping[str, str]
    ejemplo: Mapping[str, str]
    titulos: frozenset[str]
    palabras: str

    def rotulo(self, idioma: str) -> str:
        """Its title in a language."""
        return self.rotulos.get(idioma, self.rotulos["es"])


@dataclass(frozen=True)
class Esquema:
    """A sheet: its columns in their order. A sheet with all of `necesarias` and one at least of
    `senas` is one of these.
    """

    clave: str
    nombres: Mapping[str, str]
    columnas: Sequence[Columna]
    necesarias: Sequence[str]
    senas: frozenset[str]
    listas: Mapping[str, Lista]

    @cached_property
    def por_titulo(self) -> Mapping[str, str]:
        """Field by every way of writing the title of its column."""
        return {titulo: una.campo for una in self.columnas for titulo in una.titulos}

    @cached_property
    def por_campo(self) -> Mapping[str, Columna]:
        """Columns by their field."""
        return {una.campo: una for una in self.columnas}

    def nombre(self, idioma: str) -> str:
        """What the sheet is called."""
        return self.nombres.get(idioma, self.nombres["es"])

    def lista(self, campo: str) -> Lista | None:
        """The words that a column admits, by what they mean; None when it admits any."""
        columna = self.por_campo.get(campo)
        return self.listas.get(columna.palabras) if columna else None

    def admitidas(self, campo: str, idioma: str) -> list[str]:
        """One word of each meaning that a column admits; none, when it admits any.

        As the data are in order, the first of them is Spanish and the last one English.
        """
        lista = self.lista(campo)
        por_codigo: dict[str, list[str]] = {}
        for palabra, codigo in lista.exactas.items() if lista else ():
            por_codigo.setdefault(codigo, []).append(palabra)
        return [palabras[-1 if idioma == "en" else 0] for palabras in por_codigo.values()]


@dataclass(frozen=True)
class Planilla:
    """One version of a kind of file: its sheets, and how many rows it may have."""

    tipo: Tipo
    version: str
    fuente: str
    maximo: int
    esquemas: Mapping[str, Esquema]


@cache
def planilla(tipo: Tipo) -> Planilla:
    """The version in force of a kind of file."""
    camino = files("casos.importacion") / tipo.value / "columnas.json"
    datos = json.loads(camino.read_text("utf-8"))
    listas = {
        nombre: Lista(
            {plano(palabra): codigo for codigo, dichas in lista.items() for palabra in dichas}
        )
        for nombre, lista in datos.get("palabras", {}).items()
    }
    return Planilla(
        tipo,
        datos["version"],
        datos["fuente"],
        datos["maximo"],
        {
            clave: Esquema(
                clave,
                hoja["nombre"],
                [_columna(una) for una in hoja["columnas"]],
                hoja["necesarias"],
                frozenset(hoja["senas"]),
                listas,
            )
            for clave, hoja in datos["hojas"].items()
        },
    )


def rotulo_de_campo(tipo: Tipo, campo: str, idioma: str) -> str | None:
    """The title of the column of a field, whichever sheet it is in; None for none."""
    esquemas = planilla(tipo).esquemas.values()
    return next((e.por_campo[campo].rotulo(idioma) for e in esquemas if campo in e.por_campo), None)


def _columna(dato: Mapping[str, object]) -> Columna:
    rotulos = {idioma: str(dato[idioma]) for idioma in IDIOMAS}
    otros = dato.get("otros", [])
    ejemplo = dato.get("ejemplo", "")
    titulos = [*rotulos.values(), *(otros if isinstance(otros, list) else [])]
    return Columna(
        str(dato["campo"]),
        rotulos,
        _por_idioma(dato.get("ayuda", "")),
        _por_idioma(ejemplo),
        frozenset(plano(titulo) for titulo in titulos),
        str(dato.get("palabras", "")),
    )


def _por_idioma(dicho: object) -> Mapping[str, str]:
    if isinstance(dicho, dict):
        return {str(idioma): str(texto) for idioma, texto in dicho.items()}
    return dict.fromkeys(IDIOMAS, str(dicho))
