"""What goes out of a deadline."""

from marshmallow import Schema, fields

from casos.plazos.models import EstadoPlazo


class SeguimientoSchema(Schema):
    """How a deadline stands, for a service that writes about it."""

    caso_id = fields.UUID(required=True)
    caso_folio = fields.String(required=True)
    estado = fields.Enum(EstadoPlazo, by_value=True, required=True)
    responsable_id = fields.UUID(required=True, allow_none=True)
    solo = fields.List(
        fields.UUID(),
        allow_none=True,
        metadata={"description": "De un caso sellado, las únicas personas que pueden saberlo"},
    )
