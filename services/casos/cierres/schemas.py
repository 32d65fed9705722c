"""What comes in and goes out of proposed closings; the same for JSON and form."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Texto
from casos.expedientes.models import ResultadoCierre
from casos.expedientes.states import MotivoCierre


@dataclass(frozen=True, kw_only=True)
class NuevaDecision:
    """Whether the case ends as was proposed, and why not."""

    aprueba: bool
    texto: str | None = None
    version: int | None = None


class NuevaDecisionSchema(Schema):
    """What the second person decides."""

    version = fields.Integer(load_default=None, allow_none=True)
    aprueba = fields.Boolean(required=True)
    texto = Texto(load_default=None, allow_none=True, validate=validate.Length(max=4000))

    @validates_schema
    def _fundada(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("aprueba") is False and not data.get("texto"):
            raise ValidationError(_("Escriba por qué no se cierra."), "texto")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaDecision:
        return NuevaDecision(**data)


class CierrePropuestoSchema(Schema):
    """A closing that waits for a second person."""

    motivo = fields.Enum(MotivoCierre, by_value=True)
    resultado = fields.Enum(ResultadoCierre, by_value=True)
    texto = fields.String(allow_none=True)
    propuesto_por_id = fields.UUID()
    propuesto_por = fields.String()
    propuesto_en = fields.AwareDateTime()
