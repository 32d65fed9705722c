"""What is said about opting out to whoever opts out, in the languages that messages are written in
(textos.json): the pages of the office speak two.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from notificaciones.plantillas.catalogo import Tema, base


@dataclass(frozen=True)
class Textos:
    """All of it in one language."""

    idioma: str
    frases: Mapping[str, str]
    temas: Mapping[Tema, str]

    def sobre(self, frase: str, tema: Tema) -> str:
        """A phrase that names a topic; one that nobody named is what the office sends."""
        return self.frases[frase].format(tema=self.temas.get(tema, self.temas[Tema.INFORMACION]))


def textos(idioma: str) -> Textos:
    """Those of a language, or of the base language where there are none."""
    return todos().get(idioma) or todos()[base()]


@cache
def todos() -> Mapping[str, Textos]:
    """Every language's."""
    datos = json.loads((Path(__file__).parent / "textos.json").read_text(encoding="utf-8"))
    return {
        idioma: Textos(
            idioma, uno["frases"], {Tema(tema): dicho for tema, dicho in uno["temas"].items()}
        )
        for idioma, uno in datos["idiomas"].items()
    }
