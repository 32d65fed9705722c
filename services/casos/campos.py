"""Fields of schemas that casos repeats."""

import re
import unicodedata
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate


class Texto(fields.String):
    """What a person writes: trimmed, and without characters that no database keeps."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> str:
        texto = str(super()._deserialize(*args, **kwargs)).strip()
        if any(es_imposible(letra) for letra in texto):
            raise ValidationError(_("El texto tiene caracteres que no se pueden guardar."))
        return texto


MAXIMO_CLP = 10**12
"""More pesos than any programme of a municipality has: a slip of the hand."""
_PESOS = re.compile(r"-?\d{1,15}|-?\d{1,3}(\.\d{3})+")


class Pesos(fields.Integer):
    """An amount in pesos, which have no decimals: a whole number, or as people write it with dots.

    Never negative, unless `negativo` says that it may take something away.
    """

    def __init__(self, *, negativo: bool = False, **kwargs: Any) -> None:
        """A field of so many pesos, at most a trillion."""
        minimo = -MAXIMO_CLP if negativo else 0
        super().__init__(
            validate=validate.Range(minimo, MAXIMO_CLP),
            error_messages={"pesos": _l("Escriba pesos enteros, sin decimales.")},
            **kwargs,
        )

    def _validated(self, value: Any) -> int:
        if isinstance(value, str) and _PESOS.fullmatch(value.strip()):
            return int(value.strip().replace(".", ""))
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise self.make_error("pesos")


class CodigoPropio(Texto):
    """What the municipality calls something in its own papers: capitals, nothing for nothing."""

    def __init__(self, **kwargs: Any) -> None:
        """A code of at most forty letters."""
        forma = validate.Regexp(
            r"(?:[A-Z0-9Ñ][A-Z0-9Ñ ./_-]{0,39})?\Z",
            error=_l("Use a lo más 40 letras, números, puntos, guiones o barras."),
        )
        super().__init__(load_default=None, allow_none=True, validate=forma, **kwargs)

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        return super()._deserialize(*args, **kwargs).upper() or None

    def _validate(self, value: str | None) -> None:
        if value is not None:
            super()._validate(value)


def es_imposible(letra: str) -> bool:
    """A control character that is no white space, or half of a surrogate pair."""
    return unicodedata.category(letra) in {"Cc", "Cs"} and not letra.isspace()
