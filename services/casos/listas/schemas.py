"""What comes in about views and goes out; the same for JSON and form."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from casos.campos import Texto


@dataclass(frozen=True, kw_only=True)
class NuevaVista:
    """A filter to keep under a name; for everybody, if whoever keeps it may."""

    nombre: str
    consulta: dict[str, str]
    compartida: bool = False
    por_omision: bool = False


class NuevaVistaSchema(Schema):
    """A view to keep."""

    nombre = Texto(required=True, validate=validate.Length(1, 80))
    consulta = fields.Dict(
        keys=fields.String(validate=validate.Length(max=40)),
        values=fields.String(validate=validate.Length(max=80)),
        required=True,
        validate=validate.Length(max=40),
    )
    compartida = fields.Boolean(load_default=False)
    por_omision = fields.Boolean(load_default=False)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaVista:
        return NuevaVista(**data)


class VistaEnFormularioSchema(Schema):
    """The same as a form sends it: the filter as the address says it."""

    nombre = Texto(required=True, validate=validate.Length(1, 80))
    consulta = fields.String(load_default="", validate=validate.Length(max=2000))
    compartida = fields.Boolean(load_default=False)
    por_omision = fields.Boolean(load_default=False)


class VistaSchema(Schema):
    """A view, as its reader sees it."""

    id = fields.UUID()
    lista = fields.String()
    nombre = fields.String()
    consulta = fields.Dict(keys=fields.String(), values=fields.String())
    compartida = fields.Boolean()
    propia = fields.Boolean()
    por_omision = fields.Boolean()
    de_nombre = fields.String()


class VistasSchema(Schema):
    """The views of a list."""

    vistas = fields.List(fields.Nested(VistaSchema))
