"""Countries and languages that people choose from, the frequent ones first."""

from collections.abc import Sequence
from functools import cache

from babel import Locale

from oficina.countries import in_the_alphabet, names_of_countries

APATRIDA = "XXA"
_APATRIDA = {"es": "Apátrida", "en": "Stateless"}

_PAISES_FRECUENTES = (
    "VEN", "PER", "HTI", "COL", "BOL", "ECU", "DOM", "CUB", "ARG", "BRA", "CHL",
)  # fmt: skip

# ISO 639-3 of the languages heard at the office, and the code that Babel names them by.
_IDIOMAS = {
    "spa": "es",
    "hat": "ht",
    "por": "pt",
    "eng": "en",
    "fra": "fr",
    "que": "qu",
    "aym": "ay",
    "arn": "arn",
    "zho": "zh",
    "ara": "ar",
    "rus": "ru",
    "ukr": "uk",
    "hin": "hi",
    "kor": "ko",
}


@cache
def codigos_de_pais() -> frozenset[str]:
    """ISO 3166-1 alpha-3, and XXA for who has no nationality."""
    return frozenset(names_of_countries("es").keys() | {APATRIDA})


def codigos_de_idioma() -> frozenset[str]:
    """ISO 639-3 codes of the languages on offer."""
    return frozenset(_IDIOMAS)


def de_dos_letras(codigo: str) -> str:
    """The ISO 639-3 code of a language on offer that is named by its two letters, or in any case;
    what is none of them, as it is.
    """
    dicho = codigo.strip().lower()
    return {corto: largo for largo, corto in _IDIOMAS.items()}.get(dicho, dicho)


def en_paginas(codigo: str) -> str:
    """How a page says the language (ISO 639-3) of a text: by its two letters, if it has them."""
    return _IDIOMAS.get(codigo, codigo)


@cache
def paises(idioma: str) -> Sequence[tuple[str, str]]:
    """(alpha-3, name) in a language, the office's frequent countries first, then by name."""
    todos = {**names_of_countries(idioma), APATRIDA: _APATRIDA.get(idioma, _APATRIDA["en"])}
    resto = sorted(
        todos.keys() - set(_PAISES_FRECUENTES), key=lambda codigo: in_the_alphabet(todos[codigo])
    )
    return [(codigo, todos[codigo]) for codigo in (*_PAISES_FRECUENTES, *resto)]


def pais(codigo: str | None, idioma: str) -> str:
    """The name of a country; its code when it is none, nothing for nothing."""
    return _nombres_de_paises(idioma).get(codigo, codigo) if codigo else ""


@cache
def _nombres_de_paises(idioma: str) -> dict[str, str]:
    return dict(paises(idioma))


@cache
def idiomas(idioma: str) -> Sequence[tuple[str, str]]:
    """(ISO 639-3, name in a language) of the languages on offer."""
    # Babel calls the last by its people.
    nombres = {**Locale.parse(idioma).languages, "arn": "mapudungun"}
    return [(codigo, nombres.get(corto, codigo).capitalize()) for codigo, corto in _IDIOMAS.items()]


def nombre_de_idioma(codigo: str, idioma: str) -> str:
    """The name of a language, of three letters or of its two; its code when it is not on offer."""
    return dict(idiomas(idioma)).get(de_dos_letras(codigo), codigo)
