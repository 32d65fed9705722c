"""What the list of what is to be asked is narrowed by, and how it is told."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate

from casos.red.schemas import ServicioBreveSchema
from casos.red.verificaciones.models import ClaseVerificacion


@dataclass(frozen=True)
class Filtro:
    """Which services to list."""

    institucion_id: UUID | None = None
    clase: ClaseVerificacion | None = None
    pagina: int = 1


class FiltroPorVerificarSchema(Schema):
    """Which services to list."""

    institucion_id = fields.UUID(load_default=None)
    clase = fields.Enum(ClaseVerificacion, by_value=True, load_default=None)
    pagina = fields.Integer(load_default=1, validate=validate.Range(1, 10**6))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Filtro:
        return Filtro(**data)


class VencimientoDeVerificacionSchema(Schema):
    """A kind that is to be asked again."""

    clase = fields.Enum(ClaseVerificacion, by_value=True)
    desde = fields.Date()
    vence_el = fields.Date()


class ServicioPorVerificarSchema(Schema):
    """A service, and what is to be asked of it again."""

    servicio = fields.Nested(ServicioBreveSchema)
    vencidas = fields.List(fields.Nested(VencimientoDeVerificacionSchema))


class PorVerificarSchema(Schema):
    """The services of which something is to be asked, some a page."""

    por_verificar = fields.List(fields.Nested(ServicioPorVerificarSchema))
    total = fields.Integer()
    pagina = fields.Integer()
    paginas = fields.Integer()
