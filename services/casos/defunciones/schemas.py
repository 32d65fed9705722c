"""What comes in and goes out of deaths; the same for JSON and form."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate

from casos.campos import Texto
from casos.defunciones.models import FuenteDefuncion
from oficina import clock


@dataclass(frozen=True, kw_only=True)
class NuevaDefuncion:
    """What the office heard."""

    fecha: date | None
    fuente: FuenteDefuncion
    detalle: str | None


def _ya_fue(dia: date) -> None:
    if not date(1900, 1, 1) <= dia <= clock.today():
        raise ValidationError(_("La fecha debe estar entre 1900 y hoy."))


class NuevaDefuncionSchema(Schema):
    """That somebody died, and how that is known."""

    fecha = fields.Date(load_default=None, allow_none=True, validate=_ya_fue)
    fuente = fields.Enum(FuenteDefuncion, by_value=True, required=True)
    detalle = Texto(load_default=None, allow_none=True, validate=validate.Length(max=1000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaDefuncion:
        return NuevaDefuncion(**data)


class AnulacionDeDefuncionSchema(Schema):
    """Why it was a mistake."""

    motivo = Texto(
        required=True,
        validate=validate.Length(3, 1000, error=_l("Escriba por qué se anula.")),
        error_messages={"required": _l("Escriba por qué se anula.")},
    )


class AnulacionDePaginaSchema(AnulacionDeDefuncionSchema):
    """The same, with the version that was seen."""

    version = fields.Integer(load_default=None, allow_none=True)


class DefuncionSchema(Schema):
    """One telling of a death."""

    id = fields.UUID()
    persona_id = fields.UUID()
    fecha = fields.Date(allow_none=True)
    fuente = fields.Enum(FuenteDefuncion, by_value=True)
    detalle = fields.String(allow_none=True)
    registrada_en = fields.AwareDateTime()
    registrada_por = fields.String()
    anulada_en = fields.AwareDateTime(allow_none=True)
    anulada_por = fields.String()
    anulada_motivo = fields.String(allow_none=True)
    version = fields.Integer()


class DefuncionesSchema(Schema):
    """What was told of somebody's death, the newest first."""

    defunciones = fields.List(fields.Nested(DefuncionSchema))
