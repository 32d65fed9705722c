"""What comes in of second factors."""

from marshmallow import Schema, fields, validate


class CodigoSchema(Schema):
    """Six digits, or a recovery code."""

    codigo = fields.String(required=True, validate=validate.Length(max=60))
