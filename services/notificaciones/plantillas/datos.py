"""What this version of the program brings, as it is written beside this."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def leer_datos(name: str) -> dict[str, Any]:
    """One of the files of this room, read once; nobody changes what is in it."""
    datos: dict[str, Any] = json.loads((Path(__file__).parent / name).read_text("utf-8"))
    return datos
