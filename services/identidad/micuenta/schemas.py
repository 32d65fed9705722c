"""What comes in of one's own account."""

from marshmallow import fields, validate

from identidad.enlaces.schemas import ClavePropiaSchema


class CambioDeClaveSchema(ClavePropiaSchema):
    """The present password, and the new one twice."""

    actual = fields.String(required=True, validate=validate.Length(max=200), metadata={"raw": True})
