"""A telephone or a mailbox as it is compared, found again and shown."""

from notificaciones.plantillas.catalogo import Canal
from oficina.contacto import DE_AQUI, escribir_telefono, leer_uno
from oficina.privacy import blind_index, mask


def normal(direccion: str) -> str:
    """The one way to write an address: E.164, or a mailbox in small letters.

    What is neither (the short number of a company) stays as it came.
    """
    direccion = direccion.strip()
    if canal_de(direccion) is Canal.CORREO:
        return direccion.casefold()
    if DE_AQUI.fullmatch(direccion):
        return direccion
    numero = leer_uno(direccion)
    return direccion if numero is None else escribir_telefono(numero)


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
