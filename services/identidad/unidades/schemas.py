"""What comes in and goes out of units."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, post_load, validate

from identidad.textos import sin_control
from identidad.unidades.actions import EdicionUnidad, NuevaUnidad
from oficina.web.names import is_a_name

CODIGO = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")


def _nombre() -> fields.String:
    return fields.String(
        required=True, validate=[validate.Length(min=2, max=120), sin_control, is_a_name]
    )


class NuevaUnidadSchema(Schema):
    """A new unit."""

    codigo = fields.String(
        required=True,
        validate=[
            validate.Length(min=2, max=40),
            validate.Regexp(
                CODIGO, error=_l("Use letras minúsculas sin acento, números y guion bajo.")
            ),
        ],
    )
    nombre = _nombre()

    @post_load
    def _build(self, data: dict[str, Any], **_options: Any) -> NuevaUnidad:
        return NuevaUnidad(**data)


class EdicionUnidadSchema(Schema):
    """What may change of a unit."""

    nombre = _nombre()
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_options: Any) -> EdicionUnidad:
        return EdicionUnidad(**data)


class UnidadesConsultaSchema(Schema):
    """Which units."""

    todas = fields.Boolean(load_default=False)


class ContraparteSchema(Schema):
    """Who answers for a unit."""

    id = fields.UUID(required=True)
    nombre = fields.String(required=True)
    correo = fields.String(required=True)


class UnidadSchema(Schema):
    """A unit, as colleagues and services see it."""

    id = fields.UUID(required=True, attribute="unidad.id")
    codigo = fields.String(required=True, attribute="unidad.codigo")
    nombre = fields.String(required=True, attribute="unidad.nombre")
    activa = fields.Boolean(required=True, attribute="unidad.activa")
    version = fields.Integer(required=True, attribute="unidad.version")
    contrapartes = fields.List(fields.Nested(ContraparteSchema), required=True)
