"""For how many days the file of a case may be downloaded: versioned data in `reglas.json`."""

import json
from functools import cache
from importlib.resources import files


@cache
def dias() -> int:
    """The days of the version in force."""
    texto = (files("casos.foliados") / "reglas.json").read_text(encoding="utf-8")
    return int(json.loads(texto)["dias"])
