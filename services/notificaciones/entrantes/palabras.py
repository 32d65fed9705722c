"""What a short answer means: exact phrases as data (palabras.json), never a guess.

Accents, case and punctuation do not count, nor do words of courtesy around a phrase. Whatever else
is left over, or two phrases of different meaning («sí… no puedo ir»), is for a person to read.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from notificaciones.entrantes.states import Intencion

_WORD = re.compile(r"[^\W_]+")
# Longer than any phrase with its courtesies: what is longer is read by a person.
LARGO = 160


@dataclass(frozen=True)
class Entendida:
    """What an answer means, and the languages in which it says so."""

    intencion: Intencion
    idiomas: frozenset[str]


@dataclass(frozen=True)
class Palabras:
    """One version of the phrases, each as its words. `respuestas_por_dia`: at most so many
    automatic answers to an address; `horas_para_distinguir`: two reminders closer than this do not
    say which of them is answered; `dias_de_pregunta`: for how long a question about a derivation
    is answered.
    """

    version: str
    frases: Mapping[tuple[str, ...], Mapping[Intencion, frozenset[str]]]
    cortesias: frozenset[tuple[str, ...]]
    mas_larga: int
    respuestas_por_dia: int
    horas_para_distinguir: int
    dias_de_pregunta: int


def entender(texto: str) -> Entendida | None:
    """What an answer means; None when a person must read it."""
    if len(texto) > LARGO:
        return None
    quedan, dichas = _en_palabras(texto), list[Mapping[Intencion, frozenset[str]]]()
    while quedan:
        largo = _next(quedan)
        if largo == 0:
            return None
        if (frase := palabras().frases.get(quedan[:largo])) is not None:
            dichas.append(frase)
        quedan = quedan[largo:]
    return _meaning(dichas)


def _meaning(dichas: list[Mapping[Intencion, frozenset[str]]]) -> Entendida | None:
    comunes = [one for one in Intencion if dichas and all(one in frase for frase in dichas)]
    if len(comunes) != 1:
        return None
    (intencion,) = comunes
    lenguas = [frase[intencion] for frase in dichas]
    todas = frozenset.intersection(*lenguas) or frozenset.union(*lenguas)
    return Entendida(intencion, todas)


def _next(quedan: tuple[str, ...]) -> int:
    """How many words the longest phrase or courtesy at the beginning has; 0 when there is none."""
    todo = palabras()
    for largo in range(min(len(quedan), todo.mas_larga), 0, -1):
        if quedan[:largo] in todo.frases or quedan[:largo] in todo.cortesias:
            return largo
    return 0


def _en_palabras(texto: str) -> tuple[str, ...]:
    sin_tildes = "".join(
        c for c in unicodedata.normalize("NFKD", texto.casefold()) if not unicodedata.combining(c)
    )
    return tuple(_WORD.findall(sin_tildes))


@cache
def palabras() -> Palabras:
    """The version in force."""
    datos: dict[str, Any] = json.loads(
        (Path(__file__).parent / "palabras.json").read_text(encoding="utf-8")
    )
    frases: dict[tuple[str, ...], dict[Intencion, frozenset[str]]] = {}
    for clave, por_idioma in datos["intenciones"].items():
        for idioma, dichas in por_idioma.items():
            for dicha in dichas:
                sentidos = frases.setdefault(_en_palabras(dicha), {})
                intencion = Intencion(clave)
                sentidos[intencion] = sentidos.get(intencion, frozenset()) | {idioma}
    cortesias = frozenset(_en_palabras(dicha) for dicha in datos["cortesias"])
    limites = datos["limites"]
    return Palabras(
        version=datos["version"],
        frases=frases,
        cortesias=cortesias,
        mas_larga=max(map(len, [*frases, *cortesias])),
        respuestas_por_dia=limites["respuestas_por_dia"],
        horas_para_distinguir=limites["horas_para_distinguir"],
        dias_de_pregunta=limites["dias_de_pregunta"],
    )
