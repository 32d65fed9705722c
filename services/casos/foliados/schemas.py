"""What is told of the file of a case."""

from marshmallow import Schema, fields, validate

from casos.copias.states import EstadoCopia

_HUELLA = validate.Regexp(r"[0-9a-fA-F]{64}\Z")


class FoliadoSchema(Schema):
    """A file, how far it is, and until when it may be downloaded."""

    id = fields.UUID()
    folio = fields.String()
    estado = fields.Enum(EstadoCopia, by_value=True)
    progreso = fields.Integer()
    contiene = fields.List(fields.String())
    partes = fields.Integer()
    pedida_por = fields.String()
    pedida_en = fields.AwareDateTime()
    lista_en = fields.AwareDateTime(allow_none=True)
    caduca_en = fields.AwareDateTime(allow_none=True)
    sha256 = fields.String(allow_none=True)


class FoliadosSchema(Schema):
    """The files of a case, the newest first."""

    foliados = fields.List(fields.Nested(FoliadoSchema))


class HuellaSchema(Schema):
    """The hash of a document that somebody received."""

    sha256 = fields.String(required=True, validate=_HUELLA)


class AutenticidadSchema(Schema):
    """Whether the office made a document of this hash; nothing else of it."""

    es_nuestro = fields.Boolean()
