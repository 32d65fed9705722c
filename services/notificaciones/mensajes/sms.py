"""How an SMS is written and how many segments it takes, by the alphabet that it needs.

The one place that knows 3GPP TS 23.038, and the header of TS 23.040 §9.2.3.24.1.

The basic alphabet packs 160 characters in one segment and 153 in each of several, those of its
extension table counting twice; one character outside it makes the whole text UCS-2: 70 units of
UTF-16, or 67 in each of several. A character of two units never straddles two segments.

`é`, `ñ`, `ü` and the grave letters of Kreyòl are in the basic alphabet; `á í ó ú`, `ã õ ê` and the
small `ç` are not. The tables of single languages (§6.2.1.2) are left out: gateways seldom offer
them.
"""

import unicodedata
from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

GSM = "GSM-7"
UCS2 = "UCS-2"

# §6.2.1 in the order of its codes, the escape (0x1B) in its place; 0x09 is Ç, a capital.
_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_BASIC = frozenset(_ALPHABET) - {"\x1b"}
# §6.2.1.1: each is two septets, the escape and its code.
_EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
_EXTENDED = frozenset(_EXTENSION)
_EN_GSM = _BASIC | _EXTENDED
_EXTENDED_CODES = {code: c for c, code in _EXTENSION.items()}
_CODES = {c: bytes((code,)) for code, c in enumerate(_ALPHABET)} | {
    c: bytes((0x1B, code)) for c, code in _EXTENSION.items()
}

# What Unicode does not take apart, and how people write it on a typewriter. Invisible: nothing.
_TYPED = {
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‘’‚‛‹›′´`ʼ", "'"),
    **dict.fromkeys("‐‑‒–—―−•", "-"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
    **dict.fromkeys("\t\u2028\u2029", " "),
    "·": ".",
    "°": "o",
    "×": "x",
    "⁄": "/",
    "ı": "i",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "œ": "oe",
    "Œ": "OE",
}
_MARKS = frozenset(map(chr, range(0x300, 0x370)))


class Tildes(StrEnum):
    """What an office does with the letters that the basic alphabet lacks.

    Keep them; drop them when that saves a segment; or drop them always.
    """

    CONSERVAR = "conservar"
    AHORRAR = "ahorrar"
    GSM = "gsm"


@dataclass(frozen=True)
class Conteo:
    """What a text takes.

    `culpables` force UCS-2, each once, in order, the first at `posicion` (the first character of a
    text is 1); `dobles` are in the basic alphabet's extension table and count twice.
    """

    codificacion: str
    unidades: int
    partes: int
    culpables: tuple[str, ...] = ()
    posicion: int | None = None
    dobles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Escrito:
    """A text as it leaves, what it takes, and what it would take with all its letters."""

    texto: str
    conteo: Conteo
    con_tildes: int


@dataclass(frozen=True)
class Parte:
    """One segment as a network carries it: septets in octets, or UTF-16."""

    octetos: bytes
    ucs2: bool


def partir(texto: str) -> tuple[Parte, ...]:
    """The segments of `texto` as it is: as many as `contar` says."""
    ucs2 = contar(texto).codificacion == UCS2
    letters = [c.encode("utf-16-be") if ucs2 else _CODES[c] for c in texto]
    whole = sum(map(len, letters))
    una, varias = (140, 134) if ucs2 else (160, 153)
    if whole <= una:
        return (Parte(b"".join(letters), ucs2),)
    partes, last = [], b""
    for letter in letters:
        if len(last) + len(letter) > varias:
            partes.append(Parte(last, ucs2))
            last = b""
        last += letter
    return (*partes, Parte(last, ucs2))


def descifrar(octetos: bytes, data_coding: int) -> str:
    """A segment as its text: UCS-2, Latin 1 (3), or the basic alphabet, as the network says."""
    if data_coding & 0x0C == 0x08:
        return octetos.decode("utf-16-be", "replace")
    if data_coding == 3:
        return octetos.decode("latin-1")
    letters, rest = [], iter(octetos)
    for code in rest:
        if code == 0x1B:
            letters.append(_EXTENDED_CODES.get(next(rest, 0), " "))
        else:
            letters.append(_ALPHABET[code] if code < len(_ALPHABET) else "?")
    return "".join(letters)


def contar(texto: str) -> Conteo:
    """Count the units and the segments of `texto` as it is."""
    # By its letters, each once: most texts have none that is looked at twice.
    letras = set(texto)
    if ajenas := letras - _EN_GSM:
        culpables = tuple(sorted(ajenas, key=texto.index))
        dobles = {c for c in ajenas if ord(c) > 0xFFFF}
        unidades, partes = _medida(texto, dobles, una=70, varias=67)
        return Conteo(UCS2, unidades, partes, culpables, texto.index(culpables[0]) + 1)
    dobles = letras & _EXTENDED
    unidades, partes = _medida(texto, dobles, una=160, varias=153)
    return Conteo(GSM, unidades, partes, dobles=tuple(sorted(dobles, key=texto.index)))


def escribir(texto: str, tildes: Tildes) -> Escrito:
    """The text as it is to leave, by the office's choice.

    Nothing is ever lost: a text with something that the basic alphabet cannot say leaves as it is.
    """
    # A letter and the accent behind it are one character wherever Unicode has one.
    entero = unicodedata.normalize("NFC", texto)
    conteo = contar(entero)
    con_tildes = conteo.partes
    if conteo.codificacion == UCS2 and tildes is not Tildes.CONSERVAR:
        plano, sin_equivalente = sin_tildes(entero)
        llano = contar(plano)
        if not sin_equivalente and (tildes is Tildes.GSM or llano.partes < con_tildes):
            return Escrito(plano, llano, con_tildes)
    return Escrito(entero, conteo, con_tildes)


def sin_tildes(texto: str) -> tuple[str, tuple[str, ...]]:
    """The text in the basic alphabet, and the characters of it that have no way to be in it."""
    llano, sin_equivalente = texto, []
    # What is written of one is in the basic alphabet: no other one is found in it.
    for c in sorted(set(texto) - _EN_GSM, key=texto.index):
        escrito = _plain(c)
        if escrito is None:
            sin_equivalente.append(c)
        llano = llano.replace(c, escrito or "")
    return llano, tuple(sin_equivalente)


@lru_cache(maxsize=1_000)
def _plain(c: str) -> str | None:
    if c in _TYPED:
        return _TYPED[c]
    apart = unicodedata.normalize("NFKD", c)
    typed = [_TYPED.get(one, one) for one in apart if one not in _MARKS]
    written = "".join(typed)
    return written if _EN_GSM.issuperset(written) else None


def _medida(texto: str, dobles: Set[str], *, una: int, varias: int) -> tuple[int, int]:
    """Units and segments of a text, some of whose letters are two units that stay together."""
    unidades = len(texto) + sum(map(texto.count, dobles))
    if unidades <= una:
        return unidades, 1
    if not dobles:
        return unidades, -(-unidades // varias)
    partes, usado = 1, 0
    for c in texto:
        costo = 2 if c in dobles else 1
        if usado + costo > varias:
            partes, usado = partes + 1, 0
        usado += costo
    return unidades, partes
