"""What the office decided of programmes once for all: versioned data in `reglas.json`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Periodo:
    """How long a benefit is not repeated: so many months of the calendar."""

    etiquetas: Mapping[str, str]
    meses: int

    def etiqueta(self, idioma: str) -> str:
        """How it is said."""
        return self.etiquetas.get(idioma) or self.etiquetas["es"]

    def comienzo(self, dia: date) -> date:
        """The first day of the period in which a day is."""
        return date(dia.year, (dia.month - 1) // self.meses * self.meses + 1, 1)


@dataclass(frozen=True)
class Reglas:
    """One version of the rules. `umbrales`: percentages of a budget of which somebody is told."""

    version: str
    fuente: str
    umbrales: Sequence[int]
    periodos: Mapping[str, Periodo]

    def umbral(self, asignado: int, comprometido: int) -> int:
        """The highest percentage that is reached; 0 for none. Nothing assigned reaches nothing."""
        if asignado <= 0:
            return 0
        return max((p for p in self.umbrales if comprometido * 100 >= asignado * p), default=0)


@cache
def reglas() -> Reglas:
    """The version in force."""
    datos = json.loads((files("casos.programas") / "reglas.json").read_text(encoding="utf-8"))
    return Reglas(
        version=datos["version"],
        fuente=datos["fuente"],
        umbrales=tuple(sorted(datos["umbrales"]["porcentajes"])),
        periodos={
            clave: Periodo({i: uno[i] for i in ("es", "en")}, uno["meses"])
            for clave, uno in datos["periodos"].items()
        },
    )
