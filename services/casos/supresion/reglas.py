"""What the office says of erasures: versioned data in `reglas.json`, with its source."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

from casos.supresion.states import Obstaculo

Dicho = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True)
class Queda:
    """Something that stays, and why."""

    que: Dicho
    razon: Dicho


@dataclass(frozen=True)
class Reglas:
    """One version. `espera`: how long a service may take to confirm before somebody is told."""

    version: str
    fuente: str
    segunda_persona: bool
    espera: timedelta
    servicios: Mapping[str, Dicho]
    obstaculos: Mapping[Obstaculo, Dicho]
    clases: Mapping[str, Dicho]
    quedan: Mapping[str, Queda]


@cache
def reglas() -> Reglas:
    """The version in force."""
    datos = json.loads((files("casos.supresion") / "reglas.json").read_text(encoding="utf-8"))
    return Reglas(
        version=datos["version"],
        fuente=datos["fuente"],
        segunda_persona=datos["segunda_persona"]["exige"],
        espera=timedelta(hours=datos["confirmaciones"]["horas"]),
        servicios=datos["servicios"],
        obstaculos={Obstaculo(clave): dicho for clave, dicho in datos["obstaculos"].items()},
        clases=datos["clases"],
        quedan={
            clave: Queda({i: uno[i] for i in ("es", "en")}, uno["razon"])
            for clave, uno in datos["quedan"].items()
        },
    )


def en(dicho: Dicho, idioma: str) -> str:
    """A text in a language, or in Spanish."""
    return dicho.get(idioma) or dicho["es"]
