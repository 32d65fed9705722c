"""Migratory categories: versioned data of the law in force, never a condition in the code."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


@cache
def _categorias() -> Mapping[str, Mapping[str, str]]:
    texto = (files("casos.situaciones") / "categorias.json").read_text(encoding="utf-8")
    return {c["codigo"]: c["etiquetas"] for c in json.loads(texto)["categorias"]}


def categorias(idioma: str = "es") -> Sequence[tuple[str, str]]:
    """(code, label) of the version in force."""
    return [(codigo, e.get(idioma, e["es"])) for codigo, e in _categorias().items()]


def categoria(codigo: str, idioma: str = "es") -> str:
    """The label of a category; the code itself when it is of another version."""
    return dict(categorias(idioma)).get(codigo, codigo)
