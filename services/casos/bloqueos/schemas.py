"""What comes in and goes out of blocks; the same for JSON and form."""

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from casos.bloqueos.models import Causa


class LevantamientoSchema(Schema):
    """Why data may be used again."""

    motivo = fields.String(
        required=True,
        validate=validate.Length(min=1, max=2000, error=_l("Escriba por qué se desbloquean.")),
        error_messages={"required": _l("Escriba por qué se desbloquean.")},
    )


class BloqueoSchema(Schema):
    """A block, and when it was lifted."""

    id = fields.UUID()
    persona_id = fields.UUID()
    solicitud_id = fields.UUID()
    causa = fields.Enum(Causa, by_value=True)
    puesto_en = fields.AwareDateTime()
    puesto_por = fields.String()
    levantado_en = fields.AwareDateTime(allow_none=True)
    levantado_por = fields.String()
    levantado_motivo = fields.String(allow_none=True)
    version = fields.Integer()


class BloqueosSchema(Schema):
    """The blocks that hold."""

    bloqueos = fields.List(fields.Nested(BloqueoSchema))
