"""Names as people type them, made comparable: accents, order, hyphens and particles aside.

«Jean Louis», «jean-louis» and «JEANLOUIS» find each other because the tokens of a name hold its
words and also its neighbouring words joined. Everything is plain Python, so that SQLite and
PostgreSQL answer the same.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, pairwise

from casos.personas.sonidos import cercania, sonido

LARGO_DE_CLAVE, LARGO_DE_TOKEN = 360, 60
"""What the columns hold. A letter may come apart into many («ﷺ»), so a name may need more."""

PALABRAS_EN_PARES = 16
"""Words that are also found two by two; of who has more (names of other days, of records that were
joined), the first ones are.
"""

TRAS_LOS_PARES = "0"
"""Where the tokens of one word, or of one sound, begin: those of two are before."""

PARTICULAS = frozenset({"da", "das", "de", "del", "do", "dos", "la", "las", "los", "san", "y"})


def palabras(texto: str) -> list[str]:
    """The words of a name: lower case, without accents, split at anything but letters and digits.

    An apostrophe joins («D'Angelo» is «dangelo»), as people leave it out when they type.
    """
    return [palabra for escrita in texto.split() for palabra in _simples(escrita)]


@lru_cache(maxsize=20_000)
def _simples(escrita: str) -> tuple[str, ...]:
    """What is written without a space between, which may be several words («Jean-Louis»)."""
    descompuesto = unicodedata.normalize("NFKD", escrita.casefold())
    limpio = "".join(
        letra if letra.isalnum() else " "
        for letra in descompuesto
        if not unicodedata.combining(letra) and letra not in "'’ʼ`´"
    )
    return tuple(limpio.split())


def palabras_propias(texto: str) -> list[str]:
    """The words of a name without particles; with them when there is nothing else."""
    todas = palabras(texto)
    return [palabra for palabra in todas if palabra not in PARTICULAS] or todas


def tokens(*de: str) -> set[str]:
    """What a person of several names is found by: the words of each, each two neighbours of one
    joined, how they sound, and each two of all their words (or sounds), so that two words of very
    many people be of few together.
    """
    separadas = [palabras_propias(nombre) for nombre in de]
    juntas = {f"{una}{otra}" for lista in separadas for una, otra in pairwise(lista)}
    lista = list(dict.fromkeys(palabra for lista in separadas for palabra in lista))
    sonidos = list(dict.fromkeys(map(token_de_sonido, lista)))
    sueltas = {token[:LARGO_DE_TOKEN] for token in {*lista, *juntas, *sonidos}}
    return sueltas | _pares(lista) | _pares(sonidos)


def _pares(lista: Sequence[str]) -> set[str]:
    return {token_de_par(*dos) for dos in combinations(lista[:PALABRAS_EN_PARES], 2)}


def token_de_par(una: str, otra: str) -> str:
    """The token of whoever has both words, or both sounds, in any order; no word is written so."""
    return f"+{min(una, otra)} {max(una, otra)}"[:LARGO_DE_TOKEN]


def pares_escritos_juntos(palabra: str) -> list[str]:
    """The tokens of the two words that this one may be, when it was written without the space."""
    return [token_de_par(palabra[:n], palabra[n:]) for n in range(1, len(palabra))]


def token_de_sonido(palabra: str) -> str:
    """The token of whoever has a word that sounds like this one; no word is written so."""
    return f"~{sonido(palabra)}"[:LARGO_DE_TOKEN]


def parecido(una: str, otra: str) -> float:
    """From 0 to 1, how much two names look alike, whatever the order of their words.

    Each word of the shorter one is set against the word of the other that it resembles most, none
    twice.
    """
    cortas, largas = sorted((palabras_propias(una), palabras_propias(otra)), key=len)
    if not cortas:
        return 0.0
    libres, suma = list(largas), 0.0
    for palabra in sorted(cortas, key=len, reverse=True):
        cercanias = [cercania(palabra, libre) for libre in libres]
        mejor = max(cercanias)
        libres.pop(cercanias.index(mejor))
        suma += mejor
    return suma / len(cortas)


def suenan_igual(una: str, otra: str) -> bool:
    """Whether two names are as many words, and each sounds like one of the other's."""
    claves = [sorted(map(sonido, palabras_propias(nombre))) for nombre in (una, otra)]
    return claves[0] == claves[1]


def clave(nombre: str) -> str:
    """The same for two writings of one name whatever the order of its words."""
    return _clave(palabras_propias(nombre))


def claves_con_palabras_juntas(texto: str) -> set[str]:
    """The keys of a name with each two neighbouring words written as one."""
    lista = palabras_propias(texto)
    return {
        _clave([*lista[:n], lista[n] + lista[n + 1], *lista[n + 2 :]])
        for n in range(len(lista) - 1)
    }


def _clave(lista: list[str]) -> str:
    return "".join(sorted(lista))[:LARGO_DE_CLAVE]
