"""What comes in and goes out of preferences."""

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields

from notificaciones.avisos.models import Modo


class PreferenciaSchema(Schema):
    """When somebody wants the notices about their cases."""

    modo = fields.Enum(
        Modo, by_value=True, required=True, error_messages={"required": _l("Elija una opción.")}
    )


class FormaSchema(PreferenciaSchema):
    """The same in the form, with the version that was read: 0 when nothing was chosen yet."""

    version = fields.Integer(required=True)
