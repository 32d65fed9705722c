"""How long before its end something is told of: versioned data in a `reglas.json` beside it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Reglas:
    """One version of the rules. `avisos_dias`: calendar days before the end, the longest first."""

    version: str
    fuente: str
    avisos_dias: Sequence[int]

    def aviso(self, faltan: int) -> int | None:
        """The notice that is due when so many days are left; None while it is too early."""
        return min((dias for dias in self.avisos_dias if faltan <= dias), default=None)


@cache
def reglas() -> Reglas:
    """The version in force for agreements."""
    return leer("casos.convenios")


def leer(paquete: str) -> Reglas:
    """The rules of a room."""
    datos = json.loads((files(paquete) / "reglas.json").read_text(encoding="utf-8"))
    return Reglas(
        version=datos["version"],
        fuente=datos["fuente"],
        avisos_dias=tuple(sorted(datos["avisos_dias"], reverse=True)),
    )
