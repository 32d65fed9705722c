"""What a text must have to be kept, in any field of identidad."""

from flask_babel import gettext as _
from marshmallow import ValidationError


def sin_control(texto: str) -> None:
    """No database keeps a NUL, and nobody types the other control characters."""
    if not texto.isprintable():
        raise ValidationError(_("El texto tiene caracteres que no se pueden guardar."))
