"""Fields of schemas that casos repeats."""

import unicodedata
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields


class Texto(fields.String):
    """What a person writes: trimmed, and without characters that no database keeps."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> str:
        texto = str(super()._deserialize(*args, **kwargs)).strip()
        if any(_es_imposible(letra) for letra in texto):
            raise ValidationError(_("El texto tiene caracteres que no se pueden guardar."))
        return texto


def _es_imposible(letra: str) -> bool:
    """A control character that is no white space, or half of a surrogate pair."""
    return unicodedata.category(letra) in {"Cc", "Cs"} and not letra.isspace()
