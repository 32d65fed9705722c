"""What comes in about a report to the justice; the same for JSON and form."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from casos.campos import Texto
from casos.expedientes.states import DestinoDenuncia


@dataclass(frozen=True, kw_only=True)
class NuevaExigencia:
    """What must be reported."""

    texto: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaDenuncia:
    """Who received the report, and how it can be found again."""

    destino: DestinoDenuncia
    texto: str
    version: int | None = None


class NuevaExigenciaSchema(Schema):
    """A report is due."""

    version = fields.Integer(load_default=None, allow_none=True)
    texto = Texto(required=True, validate=validate.Length(1, 4000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaExigencia:
        return NuevaExigencia(**data)


class NuevaDenunciaSchema(Schema):
    """A report was made, or was not due."""

    version = fields.Integer(load_default=None, allow_none=True)
    destino = fields.Enum(DestinoDenuncia, by_value=True, required=True)
    texto = Texto(required=True, validate=validate.Length(1, 4000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaDenuncia:
        return NuevaDenuncia(**data)
