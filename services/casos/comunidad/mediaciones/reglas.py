"""When an agreement is looked at again, and how many take part: versioned data in `reglas.json`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Reglas:
    """One version of the rules. `seguimientos_dias`: calendar days after the agreement."""

    version: str
    fuente: str
    seguimientos_dias: Sequence[int]
    partes_minimas: int


@cache
def reglas() -> Reglas:
    """The version in force."""
    datos = json.loads(
        (files("casos.comunidad.mediaciones") / "reglas.json").read_text(encoding="utf-8")
    )
    return Reglas(
        version=datos["version"],
        fuente=datos["fuente"],
        seguimientos_dias=tuple(sorted(datos["seguimientos_dias"])),
        partes_minimas=datos["partes_minimas"],
    )
