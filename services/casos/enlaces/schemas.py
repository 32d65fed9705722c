"""What comes in at the door of a printed link."""

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate


class ClaveSchema(Schema):
    """The key that came by another way."""

    clave = fields.String(
        required=True,
        error_messages={"required": _l("Escriba la clave de seis números.")},
        validate=validate.Regexp(
            r"\s*\d{3}[\s-]*\d{3}\s*\Z", error=_l("Escriba la clave de seis números.")
        ),
    )


class PasoSchema(Schema):
    """What goes in the header `X-Acogida-Paso` of what follows."""

    paso = fields.String(allow_none=True)
