"""A telephone or a mailbox as it is compared, found again and shown."""

import re

import phonenumbers

from notificaciones.plantillas.catalogo import Canal
from oficina.privacy import blind_index, mask

# A number without a country is of here.
_PAIS = "CL"
_DE_AQUI = re.compile(r"\+56[2-9]\d{8}", re.ASCII)
"""A number of here as E.164 writes it: nine digits, the first of them no zero."""


def normal(direccion: str) -> str:
    """The one way to write an address: E.164, or a mailbox in small letters.

    What is neither (the short number of a company) stays as it came.
    """
    direccion = direccion.strip()
    if canal_de(direccion) is Canal.CORREO:
        return direccion.casefold()
    if _DE_AQUI.fullmatch(direccion):
        return direccion
    try:
        numero = phonenumbers.parse(direccion, _PAIS)
    except phonenumbers.NumberParseException:
        return direccion
    if not phonenumbers.is_possible_number(numero):
        return direccion
    return phonenumbers.format_number(numero, phonenumbers.PhoneNumberFormat.E164)


def canal_de(direccion: str) -> Canal:
    """How an address is reached."""
    return Canal.CORREO if "@" in direccion else Canal.SMS


def es_de_alguien(direccion: str) -> bool:
    """Whether somebody may be written to there: a mailbox, or a number with its country."""
    return canal_de(direccion) is Canal.CORREO or normal(direccion).startswith("+")


def indice(direccion: str) -> str:
    """The blind index of an address."""
    return blind_index("notificaciones.direccion", normal(direccion))


def enmascarada(direccion: str) -> str:
    """What a list may show of an address."""
    buzon, arroba, dominio = direccion.partition("@")
    return f"{buzon[:1]}•••@{dominio}" if arroba else mask(direccion)
