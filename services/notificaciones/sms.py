"""How many parts an SMS takes, by the alphabet that its text needs (3GPP 23.038).

The basic alphabet packs 160 characters in one part and 153 in each of several, some characters
counting twice; one character outside it makes the whole text UCS-2: 70, or 67 in each of several.
A character of two units never straddles two parts.
"""

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True)
class Conteo:
    """What a text costs. `culpables` are the characters that force UCS-2, each once, in order."""

    codificacion: str
    unidades: int
    partes: int
    culpables: tuple[str, ...]


def contar(texto: str) -> Conteo:
    """Count the units and the parts of `texto`."""
    culpables = tuple(dict.fromkeys(c for c in texto if c not in _BASIC and c not in _EXTENDED))
    if culpables:
        costos = [2 if ord(c) > 0xFFFF else 1 for c in texto]
        return Conteo("UCS-2", sum(costos), _partes(costos, una=70, varias=67), culpables)
    costos = [2 if c in _EXTENDED else 1 for c in texto]
    return Conteo("GSM-7", sum(costos), _partes(costos, una=160, varias=153), ())


def _partes(costos: list[int], *, una: int, varias: int) -> int:
    if sum(costos) <= una:
        return 1
    partes, usado = 1, 0
    for costo in costos:
        if usado + costo > varias:
            partes, usado = partes + 1, 0
        usado += costo
    return partes
