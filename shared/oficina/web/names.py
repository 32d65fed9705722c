"""What a name must have, of whatever it is the name; and what who did something is called."""

import unicodedata

from flask import Flask
from flask_babel import gettext as _
from marshmallow import ValidationError

from oficina.actor import DE_SERVICIO

_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters for Unicode, and nothing on a page: the fillers of Hangul."""


def init_app(app: Flask) -> None:
    """Give the templates of `app` the filter `autor`."""
    app.jinja_env.filters["autor"] = autor


def autor(nombre: str) -> str:
    """Who did something, as people read it; what a service did by itself, nobody did."""
    return _("automático") if nombre.startswith(DE_SERVICIO) else nombre


def is_a_name(text: str) -> None:
    """Refuse a text without a letter that can be seen, of any script; an empty one is no matter."""
    if text and not any(_is_letter(character) for character in text):
        raise ValidationError(_("Un nombre tiene al menos una letra."))


def _is_letter(character: str) -> bool:
    return unicodedata.category(character).startswith("L") and character not in _UNSEEN
