"""What a browser says of itself, in words that a person recognises."""

import re

from flask_babel import gettext as _

# The first that is found: each of these also names those that come after it.
NAVEGADORES = (
    ("Edge", r"\bEdg(e|A|iOS)?/"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(Firefox|FxiOS)/"),
    ("Chrome", r"\b(Chrome|CriOS|Chromium)/"),
    ("Safari", r"\bSafari/"),
)
SISTEMAS = (
    ("Android", r"\bAndroid\b"),
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Windows", r"\bWindows\b"),
    ("macOS", r"\bMacintosh\b"),
    ("Linux", r"\bLinux\b"),
)


def nombre_de(agente: str) -> str:
    """«Firefox en Windows»; what it said, cut short, when it is none of those."""
    navegador = _primero(NAVEGADORES, agente)
    sistema = _primero(SISTEMAS, agente)
    if navegador and sistema:
        return str(_("%(navegador)s en %(sistema)s", navegador=navegador, sistema=sistema))
    return navegador or agente[:40] or str(_("Desconocido"))


def _primero(conocidos: tuple[tuple[str, str], ...], agente: str) -> str:
    return next((nombre for nombre, marca in conocidos if re.search(marca, agente)), "")
