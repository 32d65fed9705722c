"""At which ages somebody else decides, and by which right: data in `representantes.json`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from casos.personas.edades import edad


@dataclass(frozen=True)
class Catalogo:
    """One version. Below `ninez` somebody else consents to anything, below `sensibles` to a use of
    sensitive data, and below `mayoria` one is a minor.
    """

    version: str
    fuente: str
    ninez: int
    sensibles: int
    mayoria: int
    tipos: Mapping[str, Mapping[str, str]]

    def tipo(self, codigo: str, idioma: str = "es") -> str:
        """By which right; the code itself when it is of another version."""
        dicho = self.tipos.get(codigo, {})
        return dicho.get(idioma) or dicho.get("es", codigo)

    def opciones(self, idioma: str) -> Sequence[tuple[str, str]]:
        """Rights to choose from."""
        return [(codigo, self.tipo(codigo, idioma)) for codigo in self.tipos]

    def consiente_desde(self, *, sensibles: bool) -> int:
        """From how many years on a person consents alone."""
        return self.sensibles if sensibles else self.ninez


def menor(nacimiento: date | None, dia: date) -> bool:
    """Whether somebody is a minor on a day, as far as is known."""
    return nacimiento is not None and edad(nacimiento, dia) < catalogo().mayoria


@cache
def catalogo() -> Catalogo:
    """The version in force."""
    texto = (files("casos.representantes") / "representantes.json").read_text(encoding="utf-8")
    datos = json.loads(texto)
    edades = {cual: una["anios"] for cual, una in datos.pop("edades").items()}
    return Catalogo(**datos, **edades)
