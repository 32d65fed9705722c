"""What countries are called, and the order in which people look for them."""

import unicodedata
from collections.abc import Mapping
from functools import cache

import pycountry
from babel import Locale

# Where Babel's name is not the one that Chile uses.
_SPANISH = {"CIV": "Costa de Marfil", "ALA": "Islas Åland"}


@cache
def names_of_countries(language: str) -> Mapping[str, str]:
    """ISO 3166-1 alpha-3 to the name in a language of two letters."""
    names = Locale.parse(language).territories
    found = {one.alpha_3: names.get(one.alpha_2, one.name) for one in pycountry.countries}
    return found | _SPANISH if language == "es" else found


def in_the_alphabet(text: str) -> str:
    """A key to sort by as a dictionary of Spanish does: accents aside, ñ after n."""
    plain = unicodedata.normalize("NFD", text.casefold()).replace("n\u0303", "n\uffff")
    return "".join(character for character in plain if not unicodedata.combining(character))
