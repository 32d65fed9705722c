"""What makes a password good enough: long, and hard to guess for who knows people and this one.

NIST SP 800-63B §3.1.1.2 and OWASP: at least 12 characters, no rules of composition, no expiry,
compared with what many people choose, with what is near on a keyboard, and with what is known of
the person and of the place. zxcvbn estimates how many tries it takes.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _

from oficina.errors import DatosInvalidos

LARGO = 12
LARGO_MAXIMO = 200
SUFICIENTE = 3
"""Of zxcvbn's scores from 0 to 4: ten to the eighth tries at least, each of them slow by argon2."""
LEIDOS = 72
"""What follows only makes it better, and the estimate slow."""
DEL_LUGAR = (
    "acogida", "chile", "clave", "contrasena", "contraseña", "funcionario", "independencia",
    "migracion", "migración", "municipal", "municipalidad", "oficina", "santiago", "secreto",
)  # fmt: skip
"""What whoever works here would think of first."""
_PALABRA = re.compile(r"\w{3,}")


def revisar(clave: str, conocidas: Iterable[str] = ()) -> None:
    """Raise DatosInvalidos for a password that is easy to guess.

    `conocidas` is what others know of the person: their user name, their name, their address.
    """
    # Its lists take 14 MB, and passwords are chosen seldom.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    propias = set(_palabras(conocidas))
    estimado = zxcvbn(clave[:LEIDOS], user_inputs=[*propias, *DEL_LUGAR])
    if estimado["score"] < SUFICIENTE:
        raise DatosInvalidos({"clave": [_por_que(estimado["sequence"], propias)]})


def _por_que(partes: Sequence[Any], propias: set[str]) -> str:
    if any(parte.get("matched_word") in propias for parte in partes):
        why = _("Esa clave se parece a su nombre o a su correo; elija otra.")
    elif all(parte["pattern"] == "repeat" for parte in partes):
        why = _("Esa clave repite muy pocos caracteres; elija otra.")
    else:
        why = _("Esa clave se parece a una que usa mucha gente; elija otra.")
    return str(why)


def _palabras(conocidas: Iterable[str]) -> Iterable[str]:
    for texto in conocidas:
        whole = texto.casefold()
        yield from (whole, whole.partition("@")[0], *_PALABRA.findall(whole))
