"""What somebody may be to somebody else, and what that makes of the other: data in `tipos.json`."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


@cache
def _tipos() -> Mapping[str, Mapping[str, str]]:
    texto = (files("casos.vinculos") / "tipos.json").read_text(encoding="utf-8")
    leidos: Mapping[str, Mapping[str, str]] = json.loads(texto)["tipos"]
    return leidos


def tipos(idioma: str = "es") -> Sequence[tuple[str, str]]:
    """(code, label) of the version in force."""
    return [(codigo, tipo(codigo, idioma)) for codigo in _tipos()]


def tipo(codigo: str, idioma: str = "es") -> str:
    """How a relation is said; the code itself when it is of another version."""
    dicho = _tipos().get(codigo, {})
    return dicho.get(idioma) or dicho.get("es", codigo)


def inverso(codigo: str) -> str:
    """The same relation as the other one sees it."""
    return _tipos().get(codigo, {}).get("inverso", codigo)
