"""How long an exceptional access lasts and how much of a reason it needs: data, `reglas.json`."""

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Reglas:
    """One version of the rules."""

    version: str
    fuente: str
    minutos: int
    motivo_minimo: int

    @property
    def duracion(self) -> timedelta:
        """How long one access lasts at most."""
        return timedelta(minutes=self.minutos)


@cache
def reglas() -> Reglas:
    """The version in force."""
    datos = json.loads((files("casos.accesos") / "reglas.json").read_text(encoding="utf-8"))
    return Reglas(**datos)
