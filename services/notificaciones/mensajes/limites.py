"""How far ahead, how long and how much may be asked for: data (pedidos.json)."""

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Limites:
    """`atraso_minutos`: a moment that passed so long ago is now, as clocks differ. `sirve_horas`:
    how long a message that says nothing of it may wait for its provider.
    """

    adelanto_dias: int
    atraso_minutos: int
    sirve_horas: int
    segmentos: int
    caracteres_por_valor: int


@cache
def limites() -> Limites:
    """The limits in force."""
    datos = json.loads((Path(__file__).parent / "pedidos.json").read_text(encoding="utf-8"))
    return Limites(**{uno.name: datos[uno.name] for uno in fields(Limites)})
