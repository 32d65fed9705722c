"""What goes out to a municipal unit."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from casos.derivaciones.states import Estado
from casos.unidad.queries import FiltroRecibidas

RECIBIBLES = [estado for estado in Estado if estado is not Estado.BORRADOR]
"""The states in which a derivation may be in a tray."""


class FiltroRecibidasSchema(Schema):
    """Which derivations of the tray; nothing narrows it unless it is said."""

    estado = fields.String(
        load_default="todas",
        validate=validate.OneOf(["todas", "esperan", *(uno.value for uno in RECIBIBLES)]),
    )
    atrasadas = fields.Boolean(
        load_default=False, metadata={"description": "Su respuesta se esperaba antes de ahora"}
    )
    servicio_id = fields.UUID(load_default=None)
    tema = fields.String(load_default="", validate=validate.Length(max=40))
    folio = fields.String(load_default="", validate=validate.Length(max=20))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> FiltroRecibidas:
        return FiltroRecibidas(**data | {"folio": data["folio"].strip()})


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
