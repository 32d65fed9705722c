"""Why a document is of use no more: versioned data in `documentos.json`."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


@cache
def _motivos() -> Mapping[str, Mapping[str, str]]:
    texto = (files("casos.documentos") / "documentos.json").read_text(encoding="utf-8")
    leidos: Mapping[str, Mapping[str, str]] = json.loads(texto)["motivos"]
    return leidos


def motivos(idioma: str = "es") -> Sequence[tuple[str, str]]:
    """(code, label) of the version in force."""
    return [(codigo, motivo(codigo, idioma)) for codigo in _motivos()]


def motivo(codigo: str, idioma: str = "es") -> str:
    """How a reason is said; the code itself when it is of another version."""
    dicho = _motivos().get(codigo, {})
    return dicho.get(idioma) or dicho.get("es", codigo)
