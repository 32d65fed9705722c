"""How many at once, who else must look at it, and what columns are called: data (masivos.json)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Limites:
    """`segunda_persona_desde`: more recipients than these are confirmed by somebody else than who
    brought them. `en_cola`: how many of one bulk wait to leave at a time, so that a pause stops the
    rest. `columnas`: by which titles a column is known.
    """

    version: str
    filas: int
    megas: int
    segunda_persona_desde: int
    en_cola: int
    columnas: Mapping[str, list[str]]


@cache
def limites() -> Limites:
    """The limits in force."""
    datos = json.loads((Path(__file__).parent / "masivos.json").read_text(encoding="utf-8"))
    return Limites(**{uno.name: datos[uno.name] for uno in fields(Limites)})
