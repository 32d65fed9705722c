"""What the program itself writes where people write: a task, a reason, who said something.

It is kept in Spanish whoever is reading then, and read in each reader's language. A text that
somebody typed is read as it was typed.
"""

import re
from collections.abc import Iterator

from flask_babel import gettext as _

from oficina.texts import N_

SEGUIMIENTO = N_("Seguimiento a %(dias)s días de la mediación %(folio)s")
DOCUMENTO_POR_VENCER = N_(
    "Documento por vencer: %(cual)s, vence el %(dia)s. Revise con la persona cómo lo renueva."
)
REEMPLAZADA = N_("La reemplaza la versión %(n)s.")
LA_PERSONA = N_("La persona")
UN_ARCHIVO = N_("un archivo")

_PARTE = re.compile(r"%\((\w+)\)s")


def escrita(frase: str, **partes: object) -> str:
    """One of these sentences as it is kept; parts that are texts of the program are its Spanish."""
    return frase % partes


def leida(texto: str) -> str:
    """A kept text in the reader's language; itself when it is none of these sentences."""
    for frase, patron in _PATRONES:
        if hallada := patron.fullmatch(texto):
            partes = {nombre: str(_(parte)) for nombre, parte in hallada.groupdict().items()}
            return str(_(frase, **partes))
    return texto


def _patron(frase: str) -> re.Pattern[str]:
    return re.compile("".join(_trozos(frase)))


def _trozos(frase: str) -> Iterator[str]:
    hasta = 0
    for parte in _PARTE.finditer(frase):
        yield re.escape(frase[hasta : parte.start()])
        yield f"(?P<{parte[1]}>.+?)"
        hasta = parte.end()
    yield re.escape(frase[hasta:])


_PATRONES = [
    (frase, _patron(frase))
    for frase in (SEGUIMIENTO, DOCUMENTO_POR_VENCER, REEMPLAZADA, LA_PERSONA, UN_ARCHIVO)
]
