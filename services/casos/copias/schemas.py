"""What is told of a copy of somebody's data."""

from marshmallow import Schema, fields

from casos.copias.states import EstadoCopia


class CopiaSchema(Schema):
    """A copy, how far it is, and until when its files may be downloaded."""

    id = fields.UUID()
    estado = fields.Enum(EstadoCopia, by_value=True)
    progreso = fields.Integer()
    pedida_por = fields.String()
    pedida_en = fields.AwareDateTime()
    lista_en = fields.AwareDateTime(allow_none=True)
    caduca_en = fields.AwareDateTime(allow_none=True)
    sha256_pdf = fields.String(allow_none=True)
    sha256_json = fields.String(allow_none=True)


class CopiasSchema(Schema):
    """The copies that were made for a request, the newest first."""

    copias = fields.List(fields.Nested(CopiaSchema))
