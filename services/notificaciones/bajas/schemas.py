"""What comes in about opt-outs."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate

from notificaciones import direcciones
from notificaciones.bajas.actions import NuevaBaja
from notificaciones.bajas.queries import temas
from notificaciones.bajas.states import Origen
from notificaciones.plantillas.catalogo import Canal, Tema


def _es_direccion(valor: str) -> None:
    if not direcciones.es_de_alguien(valor):
        raise ValidationError(_("Escriba un teléfono o un correo."))


def _se_detiene(tema: Tema | None) -> None:
    if tema is not None and tema not in temas():
        raise ValidationError(_("Elija uno de los temas."))


_TODO = "Sin tema: de todo lo que se puede detener"
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


class BajaSchema(Schema):
    """An opt-out, with as much of the address as a list may show."""

    id = fields.UUID(required=True)
    canal = fields.Enum(Canal, by_value=True, required=True)
    direccion = fields.Function(
        lambda baja: baja.de_quien(), metadata={"type": "string", "description": "Enmascarada"}
    )
    tema = fields.Enum(Tema, by_value=True, allow_none=True, metadata={"description": _TODO})
    origen = fields.Enum(Origen, by_value=True, required=True)
    motivo = fields.String(allow_none=True)
    desde = fields.AwareDateTime(required=True)
    levantada_en = fields.AwareDateTime(allow_none=True)
    levantada_origen = fields.Enum(Origen, by_value=True, allow_none=True)
    levantada_motivo = fields.String(allow_none=True)
    version = fields.Integer(required=True)
