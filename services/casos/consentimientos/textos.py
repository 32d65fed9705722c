"""What a person says yes to: versioned texts in `textos.json`, in the languages of the office."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

IDIOMA_POR_OMISION = "spa"


@dataclass(frozen=True)
class Textos:
    """One version of the text, by language (ISO 639-3)."""

    version: str
    fuente: str
    textos: Mapping[str, str]

    def en(self, idioma: str, institucion: str) -> str:
        """The text in a language, in Spanish when there is none, naming who receives the data."""
        texto = self.textos.get(idioma) or self.textos[IDIOMA_POR_OMISION]
        return texto.format(institucion=institucion)


@cache
def textos() -> Textos:
    """The version in force."""
    datos = json.loads((files("casos.consentimientos") / "textos.json").read_text(encoding="utf-8"))
    return Textos(**datos)
