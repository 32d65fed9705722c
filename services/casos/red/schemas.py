"""What comes in and goes out of the directory of the network."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from casos.red.actions import EdicionServicio
from casos.red.models import (
    Ambito,
    Capacidad,
    EstadoServicio,
    Modo,
    TipoInstitucion,
)


class BusquedaRedSchema(Schema):
    """What to look for in the network."""

    q = fields.String(load_default="", validate=validate.Length(max=100))
    tema = fields.String(load_default="", validate=validate.Length(max=40))


class InstitucionSchema(Schema):
    """An institution, without its addresses."""

    id = fields.UUID()
    sigla = fields.String()
    nombre = fields.String()
    tipo = fields.Enum(TipoInstitucion, by_value=True)
    ambito = fields.Enum(Ambito, by_value=True)
    permite_comunicar_datos = fields.Boolean()


class ServicioRedSchema(Schema):
    """A service of the network."""

    id = fields.UUID()
    codigo = fields.String()
    nombre = fields.String()
    temas = fields.List(fields.String())
    estado = fields.Enum(EstadoServicio, by_value=True)
    capacidad = fields.Enum(Capacidad, by_value=True)
    capacidad_el = fields.Date(allow_none=True)
    documentos_requeridos = fields.List(fields.String())
    modo = fields.Enum(Modo, by_value=True)
    version = fields.Integer()
    institucion = fields.Nested(InstitucionSchema)


class ServiciosSchema(Schema):
    """The services found."""

    servicios = fields.List(fields.Nested(ServicioRedSchema))


class EdicionServicioSchema(Schema):
    """What the coordination keeps up to date."""

    capacidad = fields.Enum(Capacidad, by_value=True, required=True)
    estado = fields.Enum(EstadoServicio, by_value=True, required=True)
    correo = fields.Email(load_default=None, allow_none=True)
    telefono = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    unidad = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=80))
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> EdicionServicio:
        return EdicionServicio(**data)
