"""For how long a union can be undone and how much of a reason it needs: data, `reglas.json`."""

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
    dias_para_deshacer: int
    motivo_minimo: int

    @property
    def plazo(self) -> timedelta:
        """For how long a union can be undone."""
        return timedelta(days=self.dias_para_deshacer)


@cache
def reglas() -> Reglas:
    """The version in force."""
    datos = json.loads((files("casos.fusiones") / "reglas.json").read_text(encoding="utf-8"))
    return Reglas(**datos)
