"""What people come for: the office's own taxonomy, versioned data in `taxonomia.json`.

A code never changes its meaning; labels exist in Spanish, English, Kreyòl and Portuguese. Each
theme suggests the kind of case, its priority, how confidential it is at least, and the line of
work of decree 3634/2016 (L1 to L7) that the figures count it under.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Tema:
    """One theme of attention."""

    codigo: str
    etiquetas: Mapping[str, str]
    linea: str
    tipo_caso: str
    prioridad: str
    confidencialidad: str = "normal"

    @property
    def familia(self) -> str:
        """The three letters before the dot."""
        return self.codigo.split(".", maxsplit=1)[0]

    def etiqueta(self, idioma: str = "es") -> str:
        """The label in a language (two letters); Spanish when that language has none."""
        return self.etiquetas.get(idioma) or self.etiquetas["es"]


@dataclass(frozen=True)
class Taxonomia:
    """One version of the taxonomy."""

    version: str
    fuente: str
    temas: Mapping[str, Tema]
    lineas: Mapping[str, Mapping[str, str]]


@cache
def taxonomia() -> Taxonomia:
    """The version in force."""
    datos = json.loads((files("casos") / "taxonomia.json").read_text(encoding="utf-8"))
    return Taxonomia(
        version=datos["version"],
        fuente=datos["fuente"],
        temas={t["codigo"]: Tema(**t) for t in datos["temas"]},
        lineas=datos["lineas"],
    )


def temas(idioma: str = "es") -> dict[str, str]:
    """Code -> label in a language, in the order in which the office offers them."""
    return {codigo: tema.etiqueta(idioma) for codigo, tema in taxonomia().temas.items()}


def etiqueta(codigo: str, idioma: str = "es") -> str:
    """The label of a code in a language; empty when the version in force does not know it."""
    suyo = taxonomia().temas.get(codigo)
    return suyo.etiqueta(idioma) if suyo else ""


def tema(codigo: str) -> Tema:
    """The theme of a code. Raises KeyError when no version of the taxonomy knows it."""
    return taxonomia().temas[codigo]
