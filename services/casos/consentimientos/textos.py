"""What a person says yes to: for each purpose, versioned texts in the languages of the office."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

IDIOMA_POR_OMISION = "spa"

DERIVACION = "derivacion"
"""The one purpose for which data leaves the office to an institution."""

RECORDATORIOS = "recordatorios"
"""To be reminded of appointments. Who was never asked is; who withdrew it is not."""


@dataclass(frozen=True)
class Textos:
    """One version of the text of a purpose, by language (ISO 639-3)."""

    version: str
    fuente: str
    textos: Mapping[str, str]

    def en(self, idioma: str, institucion: str = "") -> str:
        """The text in a language, in Spanish when there is none, naming who receives the data."""
        return self.textos[self.lengua(idioma)].format(institucion=institucion)

    def lengua(self, idioma: str) -> str:
        """The language of what `en` gives."""
        return idioma if idioma in self.textos else IDIOMA_POR_OMISION


@dataclass(frozen=True)
class Finalidad:
    """What data is used for; the newest version of its text stands first."""

    etiquetas: Mapping[str, str]
    versiones: tuple[Textos, ...]


def textos(finalidad: str = DERIVACION, version: str | None = None) -> Textos:
    """The text of a purpose: the version in force, or the one that somebody was read.

    Raises KeyError for a purpose, and StopIteration for a version, that never was.
    """
    versiones = finalidades()[finalidad].versiones
    return next(uno for uno in versiones if version in {None, uno.version})


def etiqueta(finalidad: str, idioma: str = "es") -> str:
    """What people call a purpose."""
    etiquetas = finalidades()[finalidad].etiquetas
    return etiquetas.get(idioma) or etiquetas["es"]


@cache
def finalidades() -> Mapping[str, Finalidad]:
    """Every purpose for which a person is asked."""
    return {
        clave: Finalidad(una["etiquetas"], tuple(Textos(**v) for v in una["versiones"]))
        for clave, una in _leidos()["finalidades"].items()
    }


@cache
def _leidos() -> dict[str, Any]:
    archivo = files("casos.consentimientos") / "textos.json"
    leidos: dict[str, Any] = json.loads(archivo.read_text(encoding="utf-8"))
    return leidos
