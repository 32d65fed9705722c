"""What a batch asks for."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, post_load, validate

from casos.campos import Texto
from casos.expedientes.models import Prioridad
from casos.expedientes.schemas import TEXTO
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


class AsignacionDeVariosSchema(Schema):
    """Who answers for the cases."""

    responsable_id = fields.UUID(required=True)


class PrioridadDeVariosSchema(Schema):
    """How urgent the cases are from now on, and why."""

    prioridad = fields.Enum(Prioridad, by_value=True, required=True)
    texto = Texto(required=True, validate=TEXTO)


class TareaDeVariosSchema(NuevaTareaSchema):
    """A task for each; without `responsable_id`, whoever answers for the case does it."""


class ElegidoSchema(Schema):
    """A case, and the version that was seen of it."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True, validate=validate.Range(0, 10**9))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Elegido:
        return Elegido(**data)


class ResultadoDeLoteSchema(Schema):
    """What became, or would become, of one case. `ya`: it was done under this key before."""

    caso_id = fields.UUID()
    bien = fields.Boolean()
    ya = fields.Boolean()
    porque = fields.String()


class ResultadosDeLoteSchema(Schema):
    """What became of each, and the key under which it is, or may be, done."""

    clave = fields.UUID()
    bien = fields.Integer(metadata={"description": "En cuántos casos se hace"})
    resultados = fields.List(fields.Nested(ResultadoDeLoteSchema))


class LoteSchema(Schema):
    """Which cases, and the key of the batch."""

    caso = fields.List(ElegidoField(), required=True, validate=validate.Length(1, MAXIMO))
    clave = fields.UUID(load_default=None)

    @post_load
    def _once(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return data | {"caso": list({uno.id: uno for uno in data["caso"]}.values())}
