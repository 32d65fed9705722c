"""What comes in about opt-outs."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate

from notificaciones import direcciones
from notificaciones.bajas.actions import NuevaBaja
from notificaciones.bajas.queries import temas
from notificaciones.plantillas.catalogo import Tema


def _es_direccion(valor: str) -> None:
    if not direcciones.es_de_alguien(valor):
        raise ValidationError(_("Escriba un teléfono o un correo."))


def _se_detiene(tema: Tema | None) -> None:
    if tema is not None and tema not in temas():
        raise ValidationError(_("Elija uno de los temas."))


_MOTIVO = validate.Length(min=3, max=300)


class NuevaBajaSchema(Schema):
    """An address that wants no more messages, and why somebody of the staff says so."""

    direccion = fields.String(
        required=True, validate=validate.And(validate.Length(max=254), _es_direccion)
    )
    tema = fields.Enum(
        Tema, by_value=True, load_default=None, allow_none=True, validate=_se_detiene
    )
    motivo = fields.String(required=True, validate=_MOTIVO)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaBaja:
        return NuevaBaja(**data)


class LevantarSchema(Schema):
    """Why one is lifted, and the version that its writer saw."""

    motivo = fields.String(required=True, validate=_MOTIVO)
    version = fields.Integer(required=True)
