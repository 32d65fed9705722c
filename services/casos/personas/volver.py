"""How a search is found again by going back or reloading, though its address says nothing.

What was typed travels in the body of a form. The page with what was found says another address of
its own, where the same text is sealed for who searched; a script puts it in the place of the
first, so that a browser never asks whether to send the form again.
"""

import time

from oficina.actor import Actor
from oficina.keyring import KeyringError
from oficina.privacy import current_keyring

CAMPO = "b"
VALE = 3600
"""Seconds for which the address leads back."""

_CONTEXTO = "casos.busqueda.volver"


def sellar(texto: str, quien: Actor) -> str:
    """A text that only `quien` opens, for a while."""
    hasta = int(time.time()) + VALE
    return current_keyring().encrypt(f"{hasta} {quien.id} {texto}", _CONTEXTO)


def abrir(sellado: str, quien: Actor) -> str:
    """What was sealed for `quien`; empty when it was not, or no longer."""
    try:
        hasta, de_quien, texto = current_keyring().decrypt(sellado, _CONTEXTO).split(" ", 2)
    except (KeyringError, ValueError):
        return ""
    return texto if de_quien == str(quien.id) and int(hasta) >= time.time() else ""
