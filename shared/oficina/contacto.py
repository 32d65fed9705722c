"""Ways to reach a person, in the one form in which they are kept and compared."""

import re

import phonenumbers

DE_AQUI = re.compile(r"\+56([2-9]\d{8})", re.ASCII)
"""A number of Chile as E.164 writes it: nine digits, the first of them no zero."""

_PAIS, _CODIGO = "CL", 56
_SEPARATORS = re.compile(r"\s*(?:/|;|,|\by\b|\bo\b)\s*")


def normalizar_telefono(text: str) -> str | None:
    """The first possible phone number in `text` as E.164 (`+56912345678`), or None.

    A number without a country is read as Chilean; foreign ones are as good. Possible is enough:
    numbering plans change faster than any table, and whether it answers is known by calling.
    """
    number = leer_telefono(text)
    return None if number is None else escribir_telefono(number)


def leer_telefono(text: str) -> phonenumbers.PhoneNumber | None:
    """The same number, to be asked of what kind it is."""
    for part in _SEPARATORS.split(text.strip()):
        number = leer_uno(part)
        if number is not None:
            return number
    return None


def leer_uno(text: str) -> phonenumbers.PhoneNumber | None:
    """The possible phone number that a text is, or None; without a country it is of Chile."""
    if (de_aqui := DE_AQUI.fullmatch(text)) is not None:
        # As the library reads it, which takes a hundred calls to find that out.
        return phonenumbers.PhoneNumber(_CODIGO, int(de_aqui[1]))
    try:
        number = phonenumbers.parse(text, _PAIS)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def escribir_telefono(number: phonenumbers.PhoneNumber) -> str:
    """A number as it is kept: E.164."""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def presentar_telefono(e164: str) -> str:
    """A kept number as people write it: `+56 9 8623 0047`."""
    number = leer_uno(e164)
    if number is None:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
