"""Grounds, places and routes of discrimination: versioned data in `discriminacion.json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

Dichos = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Plazo:
    """How many calendar days after it happened a route is open, and which law says so."""

    via: str
    dias: int
    fuente: str

    def vence_el(self, ocurrio_el: date) -> date:
        """The last day."""
        return ocurrio_el + timedelta(days=self.dias)


@dataclass(frozen=True)
class Reglas:
    """One version. `tema`: that of the case that a report becomes."""

    version: str
    fuente: str
    tema: str
    motivos: Dichos
    lugares: Dichos
    vias: Dichos
    plazos: tuple[Plazo, ...]

    def dicho(self, cuales: str, codigo: str, idioma: str) -> str:
        """How a code of `motivos`, `lugares` or `vias` reads; itself when no version knows it."""
        dicho: Mapping[str, str] = getattr(self, cuales).get(codigo, {})
        return dicho.get(idioma) or dicho.get("es", codigo)


@cache
def reglas() -> Reglas:
    """The version in force."""
    datos = json.loads(
        (files("casos.comunidad.discriminacion") / "discriminacion.json").read_text(
            encoding="utf-8"
        )
    )
    plazos = {via: dicho.pop("plazo", None) for via, dicho in datos["vias"].items()}
    return Reglas(
        version=datos["version"],
        fuente=datos["fuente"],
        tema=datos["tema"],
        motivos=datos["motivos"],
        lugares=datos["lugares"],
        vias=datos["vias"],
        plazos=tuple(Plazo(via, **plazo) for via, plazo in plazos.items() if plazo),
    )
