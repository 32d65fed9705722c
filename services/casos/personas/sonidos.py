"""How a name sounds, roughly, to whoever writes down what they hear at a desk in Chile.

Two writings of one name (Spanish, French or Kreyòl) should sound the same here: «Yeison» and
«Jeison», «Jhon» and «John», «Joseph» and «Jozèf», «Louis» and «Luis», «Baptiste» and «Batis»,
«González» and «Gonsales». It is coarse on purpose: it brings candidates, and `nombres.parecido`
tells how much each looks alike. Plain Python, so that SQLite and PostgreSQL answer the same.
What is in the databases was made by these rules: who changes them makes it anew by a migration.
"""

import json
import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib.resources import files

CORTO = 4
"""Letters that are kept whatever a word ends in: little would be left of «Pierre»."""

# In this order; each sees what those before it left. An upper-case letter is a sound that no
# letter of ours writes alone: X as in «ch» and «sh».
_REGLAS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(patron), sonido)
    for patron, sonido in (
        (r"ph", "f"),
        (r"tch|sch|sh|ch", "X"),
        (r"c?qu(?=[ei])|cq|ck|q", "k"),
        (r"^[gh]u(?=a)", "u"),
        (r"gu(?=[ei])", "G"),
        (r"g(?=[eiy])", "j"),
        (r"gn|ny(?=[aeou])", "n"),
        (r"c(?=[eiy])|z", "s"),
        (r"c", "k"),
        (r"G", "g"),
        (r"h", ""),
        (r"x", "s"),
        # French and Kreyòl: «Laurent» and «Loran», «Jean» and «Jan», «Mireille» and «Mirèy».
        (r"eau|au", "o"),
        (r"ou|oo", "u"),
        (r"oy|oi", "ua"),
        (r"eille$|eil$|ey$", "ei"),
        (r"(?<=..)ent$", "an"),
        (r"ea(?=n)", "a"),
        (r"ai|ay(?=[^aeiou]|$)", "e"),
        (r"w", "u"),
        (r"v", "b"),
        (r"pt", "t"),
        (r"m(?=[bp])", "n"),
        (r"ill(?=[aeiou])", "iy"),
        (r"ll", "y"),
        (r"^ie", "ye"),
        (r"j", "y"),
        (r"(?<=[^aeiouy])y(?=[aeiou])|y$|y(?=[^aeiou])", "i"),
        (r"(.)\1+", r"\1"),
        (r"[ei]+", "i"),
        (r"[ou]+", "u"),
    )
)
# What is left out at the end of a word, or not heard.
_FINAL = re.compile(r"[irstdp]+$")


@lru_cache(maxsize=20_000)
def sonido(palabra: str) -> str:
    """The key of one word as `nombres.palabras` gives it; never empty when the word is not."""
    clave = _iguales().get(palabra, palabra)
    for patron, nuevo in _REGLAS:
        clave = patron.sub(nuevo, clave)
    corta = _FINAL.sub("", clave)
    return corta if len(corta) >= CORTO else clave[:CORTO] or palabra


@lru_cache(maxsize=20_000)
def cercania(una: str, otra: str) -> float:
    """From 0 to 1, how much two words look alike: the same word is 1, the same sound almost."""
    if una == otra:
        return 1.0
    if sonido(una) == sonido(otra):
        return 0.95
    return SequenceMatcher(None, una, otra, autojunk=False).ratio()


@cache
def _iguales() -> Mapping[str, str]:
    """Names that no rule brings together, and how they are abbreviated: data of the office."""
    datos = json.loads((files("casos.personas") / "matching.json").read_text(encoding="utf-8"))
    iguales: Mapping[str, str] = datos["iguales"]["palabras"]
    return iguales
