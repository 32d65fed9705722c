"""What comes in and goes out of letters."""

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate


class DocDigitalSchema(Schema):
    """The number that DocDigital gave."""

    docdigital = fields.String(
        required=True,
        error_messages={"required": _l("Escriba el número que dio DocDigital.")},
        validate=validate.Regexp(
            r"[\w./-]{1,40}\Z",
            error=_l("Escriba el número tal como lo dio DocDigital, sin espacios."),
        ),
    )


class OficioSchema(Schema):
    """A letter."""

    numero = fields.String()
    impresiones = fields.Integer()
    emitido_por = fields.String()
    emitido_en = fields.AwareDateTime()
    impreso_en = fields.AwareDateTime()
    docdigital = fields.String(allow_none=True)


class ImpresionSchema(Schema):
    """A print, with what opens its link; both are told once."""

    oficio = fields.Nested(OficioSchema)
    url = fields.String(allow_none=True)
    clave = fields.String(allow_none=True)
    vence_en = fields.AwareDateTime()
