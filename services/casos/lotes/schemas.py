"""What a batch asks for."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, post_load, validate

from casos.tareas.schemas import NuevaTareaSchema

MAXIMO = 100
"""Cases of one batch: what somebody can still look through."""


@dataclass(frozen=True)
class Elegido:
    """A case that was ticked, and the version that was seen of it."""

    id: UUID
    version: int


class ElegidoField(fields.Field[Elegido]):
    """`<id>.<version>`, as a box of the list sends it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Elegido:
        caso, _punto, version = str(value).partition(".")
        try:
            return Elegido(UUID(caso), int(version[:9]))
        except ValueError as error:
            raise ValidationError("?") from error


class AsignacionSchema(Schema):
    """Who answers for the cases."""

    responsable_id = fields.UUID(required=True)


class TareaDeVariosSchema(NuevaTareaSchema):
    """A task for each; without `responsable_id`, whoever answers for the case does it."""


class LoteSchema(Schema):
    """Which cases, and the key of the batch."""

    caso = fields.List(ElegidoField(), required=True, validate=validate.Length(1, MAXIMO))
    clave = fields.UUID(load_default=None)

    @post_load
    def _once(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return data | {"caso": list({uno.id: uno for uno in data["caso"]}.values())}
