"""What makes a password good enough: long, and not one that anybody would think of.

NIST SP 800-63B §3.1.1.2 and OWASP: at least 12 characters, no rules of composition, no expiry,
compared with a list of what many people choose and with what is known of the person.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from flask_babel import gettext as _

from oficina.errors import DatosInvalidos

LARGO = 12
LARGO_MAXIMO = 200
# What must be left of a password when a word that anybody would try first is taken out of it.
RESTO = 6
PALABRA = 5
"""A word of the person shorter than this is in too many other words."""
DISTINTOS = 5


def revisar(clave: str, conocidas: Iterable[str] = ()) -> None:
    """Raise DatosInvalidos for a password that is easy to guess.

    `conocidas` is what others know of the person: their user name, their name, their address.
    """
    escrita = clave.casefold()
    if len(set(escrita)) < DISTINTOS:
        raise DatosInvalidos({"clave": [_("Esa clave repite muy pocos caracteres; elija otra.")]})
    if (comun := _comun_en(escrita)) and len(escrita) - len(comun) < RESTO:
        raise DatosInvalidos(
            {"clave": [_("Esa clave se parece a una que usa mucha gente; elija otra.")]}
        )
    for palabra in _palabras(conocidas):
        if len(escrita.replace(palabra, "")) < RESTO:
            raise DatosInvalidos(
                {"clave": [_("Esa clave se parece a su nombre o a su correo; elija otra.")]}
            )


def _palabras(conocidas: Iterable[str]) -> Iterable[str]:
    for texto in conocidas:
        whole = texto.casefold()
        for piece in (whole, whole.partition("@")[0], *whole.replace(".", " ").split()):
            if len(piece) >= PALABRA:
                yield piece


def _comun_en(escrita: str) -> str:
    """The longest of the common ones that it contains."""
    comunes, longest = _comunes()
    for length in range(min(longest, len(escrita)), 7, -1):
        for start in range(len(escrita) - length + 1):
            if escrita[start : start + length] in comunes:
                return escrita[start : start + length]
    return ""


@cache
def _comunes() -> tuple[frozenset[str], int]:
    text = (Path(__file__).parent / "claves_comunes.txt").read_text("utf-8")
    found = frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
    return found, max(map(len, found))
