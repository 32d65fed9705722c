"""What goes out to a municipal unit."""

from marshmallow import Schema, fields

from casos.derivaciones.states import Estado


class RecibidaSchema(Schema):
    """A derivation in the tray: what is asked and how it stands, nothing of the person."""

    id = fields.UUID(attribute="derivacion.id")
    folio = fields.String(attribute="derivacion.folio")
    estado = fields.Enum(Estado, by_value=True, attribute="derivacion.estado")
    servicio = fields.String(attribute="derivacion.servicio.nombre")
    prioridad = fields.String(attribute="derivacion.prioridad")
    enviada_en = fields.AwareDateTime(attribute="derivacion.enviada_en")
    vence_en = fields.AwareDateTime(allow_none=True)


class RecibidasSchema(Schema):
    """The tray."""

    derivaciones = fields.List(fields.Nested(RecibidaSchema))
