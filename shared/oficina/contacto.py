"""Ways to reach a person, in the one form in which they are kept and compared."""

import re

import phonenumbers

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
        number = _parse(part)
        if number is not None:
            return number
    return None


def escribir_telefono(number: phonenumbers.PhoneNumber) -> str:
    """A number as it is kept: E.164."""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def presentar_telefono(e164: str) -> str:
    """A kept number as people write it: `+56 9 8623 0047`."""
    number = _parse(e164)
    if number is None:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _parse(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, "CL")
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None
