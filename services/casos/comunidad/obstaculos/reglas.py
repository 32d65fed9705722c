"""Kinds of obstacle and when one rises to the coordination: versioned data in `obstaculos.json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Reglas:
    """One version. `veces` within `dias` (calendar days) raise an obstacle by itself."""

    version: str
    fuente: str
    veces: int
    dias: int
    tipos: Mapping[str, Mapping[str, str]]

    def tipo(self, codigo: str, idioma: str) -> str:
        """How a kind is called; its code when no version knows it."""
        dicho = self.tipos.get(codigo, {})
        return dicho.get(idioma) or dicho.get("es", codigo)


@cache
def reglas() -> Reglas:
    """The version in force."""
    datos = json.loads(
        (files("casos.comunidad.obstaculos") / "obstaculos.json").read_text(encoding="utf-8")
    )
    return Reglas(
        version=datos["version"],
        fuente=datos["fuente"],
        veces=datos["eleva"]["veces"],
        dias=datos["eleva"]["dias"],
        tipos=datos["tipos"],
    )
