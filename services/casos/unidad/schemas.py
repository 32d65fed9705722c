"""What goes out to a municipal unit."""

from marshmallow import Schema, fields

from casos.derivaciones.states import Estado


class RecibidaSchema(Schema):
    """A derivation in the tray: what is asked and how it stands, nothing of the person."""

    id = fields.UUID()
    folio = fields.String()
    estado = fields.Enum(Estado, by_value=True)
    servicio = fields.Function(lambda derivacion: derivacion.servicio.nombre)
    prioridad = fields.String()
    enviada_en = fields.AwareDateTime()


class RecibidasSchema(Schema):
    """The tray."""

    derivaciones = fields.List(fields.Nested(RecibidaSchema))
