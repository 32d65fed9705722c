"""The legal grounds on which a unit may be told something: versioned data."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def bases() -> Mapping[str, Mapping[str, str]]:
    """What each code says, by language."""
    text = (Path(__file__).parent / "bases.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, str]] = json.loads(text)["bases"]
    return found
