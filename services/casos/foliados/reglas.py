"""For how many days the file of a case may be downloaded, and how much of what is attached goes
inside: versioned data in `reglas.json`.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


def dias() -> int:
    """The days of the version in force."""
    return int(_reglas()["dias"])


def cabe() -> int:
    """How many bytes of attachments go inside one document; the others are told by their hash."""
    return int(_reglas()["adjuntos_mb"]) * 2**20


@cache
def _reglas() -> Mapping[str, Any]:
    texto = (files("casos.foliados") / "reglas.json").read_text(encoding="utf-8")
    leidas: Mapping[str, Any] = json.loads(texto)
    return leidas
