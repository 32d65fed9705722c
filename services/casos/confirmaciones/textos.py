"""What a person reads at their link, in their language: data (textos.json)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

BASE = "es"


@dataclass(frozen=True)
class Textos:
    """The texts of a language, by what each is for."""

    idioma: str
    dice: Mapping[str, str]


def en(idioma: str) -> Textos:
    """Those of an ISO 639 code of two or three letters; else of the base language."""
    datos = _leer()
    clave = datos["iso639_3"].get(idioma, idioma)
    clave = clave if clave in datos["textos"] else BASE
    return Textos(clave, datos["textos"][clave])


def en_cada_uno() -> Sequence[Textos]:
    """Those of each language: for whoever has not said theirs."""
    return [Textos(clave, dice) for clave, dice in _leer()["textos"].items()]


@cache
def _leer() -> dict[str, Any]:
    datos: dict[str, Any] = json.loads(
        (Path(__file__).parent / "textos.json").read_text(encoding="utf-8")
    )
    return datos
