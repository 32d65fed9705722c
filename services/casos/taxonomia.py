"""What people come for: the office's own taxonomy, versioned data in `taxonomia.json`.

A code never changes its meaning, and one that was ever given stays readable: what a version leaves
out moves to `retirados`. Labels exist in the five languages of the office. Each theme suggests the
kind of case, its priority, how confidential it is at least, which services help, on what ground
data may be given to them, which clocks run, the SDOH categories of Gravity that it corresponds to,
and the line of work of decree 3634/2016 (L1 to L7) that the figures count it under.

What an office adds below a theme (casos.subtemas) follows the rules of that theme.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LENGUAS: Mapping[str, str] = {
    "es": "Español",
    "ht": "Kreyòl ayisyen",
    "en": "English",
    "pt": "Português",
    "fr": "Français",
}
"""The languages of the office's texts, each by its own name."""


@dataclass(frozen=True)
class Tema:
    """One theme of attention."""

    codigo: str
    etiquetas: Mapping[str, str]
    linea: str
    tipo_caso: str
    prioridad: str
    confidencialidad: str
    servicios: tuple[str, ...]
    base_licitud: str
    relojes: tuple[str, ...]
    gravity: tuple[str, ...]
    reemplazo: str | None = None
    """Of one that was retired: the code that is given instead."""

    @property
    def familia(self) -> str:
        """The three letters before the dot."""
        return self.codigo.split(".", maxsplit=1)[0]

    def etiqueta(self, idioma: str = "es") -> str:
        """The label in a language (two letters); Spanish when that language has none."""
        return self.etiquetas.get(idioma) or self.etiquetas["es"]


@dataclass(frozen=True)
class Taxonomia:
    """One version of the taxonomy; `versiones` tells the codes that each one offered."""

    version: str
    fuente: str
    idiomas: tuple[str, ...]
    versiones: Mapping[str, tuple[str, ...]]
    lineas: Mapping[str, Mapping[str, str]]
    servicios: Mapping[str, Mapping[str, str]]
    temas: Mapping[str, Tema]
    retirados: Mapping[str, Tema]

    def conocido(self, codigo: str) -> Tema | None:
        """The theme of a code that some version gave."""
        return self.temas.get(codigo) or self.retirados.get(codigo)

    def regla(self, codigo: str) -> Tema:
        """The theme whose rules a code follows: its own, or that of the nearest one above it.

        Raises KeyError when no version knows either.
        """
        for uno in _hacia_arriba(codigo):
            if tema := self.conocido(uno):
                return tema
        raise KeyError(codigo)

    def linea(self, codigo: str, idioma: str = "es") -> str:
        """How a line of work of the decree is called."""
        etiquetas = self.lineas[codigo]
        return etiquetas.get(idioma) or etiquetas["es"]

    def servicio(self, clase: str, idioma: str = "es") -> str:
        """How a kind of service is called."""
        etiquetas = self.servicios[clase]
        return etiquetas.get(idioma) or etiquetas["es"]


def _hacia_arriba(codigo: str) -> Iterator[str]:
    while codigo:
        yield codigo
        codigo = codigo.rpartition(".")[0]


def leer(datos: Mapping[str, Any]) -> Taxonomia:
    """A version as it is written down."""
    return Taxonomia(
        version=datos["version"],
        fuente=datos["fuente"],
        idiomas=tuple(datos["idiomas"]),
        versiones={uno["version"]: tuple(uno["codigos"]) for uno in datos["versiones"]},
        lineas=datos["lineas"],
        servicios=datos["servicios"],
        temas={t["codigo"]: _tema(t) for t in datos["temas"]},
        retirados={t["codigo"]: _tema(t) for t in datos["retirados"]},
    )


def _tema(dato: Mapping[str, Any]) -> Tema:
    listas = {campo: tuple(dato[campo]) for campo in ("servicios", "relojes", "gravity")}
    return Tema(**{**dato, **listas})


@cache
def taxonomia() -> Taxonomia:
    """The version in force."""
    return leer(json.loads((files("casos") / "taxonomia.json").read_text(encoding="utf-8")))


def temas(idioma: str = "es") -> dict[str, str]:
    """Code -> label in a language, in the order in which the office offers them."""
    return {codigo: tema.etiqueta(idioma) for codigo, tema in taxonomia().temas.items()}


def tema(codigo: str) -> Tema:
    """The theme whose rules a code follows. Raises KeyError when no version knows any."""
    return taxonomia().regla(codigo)


def nombre(codigo: str, idioma: str = "es") -> str:
    """How a code reads where nobody knows what the office added: what stands below a theme by its
    name and the code, and what is no theme by its code.
    """
    try:
        regla = tema(codigo)
    except KeyError:
        return codigo
    dicho = regla.etiqueta(idioma)
    return dicho if regla.codigo == codigo else f"{dicho} ({codigo})"
