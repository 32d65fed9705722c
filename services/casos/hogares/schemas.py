"""What comes in and goes out of households; the same for JSON and form."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate

from casos.hogares.actions import Lugar, NuevoIntegrante, Salida
from casos.hogares.catalogo import catalogo
from casos.personas.edades import RangoEtario
from casos.personas.schemas import PersonaResumenSchema
from oficina.web.forms import DIAS

_ELIJA = {"required": _l("Elija una opción de la lista.")}


def _es_rol(codigo: str) -> None:
    if codigo not in catalogo().roles:
        raise ValidationError(_("No conocemos ese lugar en un hogar."))


def _es_salida(codigo: str) -> None:
    if codigo not in catalogo().salidas:
        raise ValidationError(_("No conocemos ese motivo."))


class LugarEnHogarSchema(Schema):
    """A place in a household, since today unless it is said."""

    rol = fields.String(required=True, validate=_es_rol, error_messages=_ELIJA)
    desde = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Lugar:
        return Lugar(**data)


class NuevoIntegranteSchema(LugarEnHogarSchema):
    """Who joins a household."""

    persona_id = fields.UUID(required=True)
    mudarse = fields.Boolean(
        load_default=False,
        metadata={"description": "Si integra otro hogar, que pasa de aquel a este"},
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoIntegrante:
        return NuevoIntegrante(**data)


class IntegranteDePaginaSchema(Schema):
    """The same on a page, where somebody is named by a folio or a document."""

    quien = fields.String(
        required=True,
        validate=validate.Length(1, 60),
        error_messages={"required": _l("Escriba el folio o el documento de la persona.")},
    )
    rol = fields.String(required=True, validate=_es_rol, error_messages=_ELIJA)
    desde = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    mudarse = fields.Boolean(load_default=False)
    version = fields.Integer(load_default=None, allow_none=True)


class SalidaDeHogarSchema(Schema):
    """Why somebody leaves, today unless it is said."""

    motivo = fields.String(required=True, validate=_es_salida, error_messages=_ELIJA)
    hasta = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Salida:
        return Salida(**data)


class EntradaDeHogarSchema(Schema):
    """When somebody belonged to a household, and in which place."""

    id = fields.UUID()
    rol = fields.String()
    desde = fields.Date()
    hasta = fields.Date(allow_none=True)
    salida_motivo = fields.String(allow_none=True)


class IntegranteSchema(EntradaDeHogarSchema):
    """The same of somebody whom the reader sees."""

    persona = fields.Nested(PersonaResumenSchema)


class DefinicionDeHogarSchema(Schema):
    """What a household is, by the version in force."""

    version = fields.String()
    texto = fields.String()
    fuente = fields.String()


class CuantosPorEdadSchema(Schema):
    """How many there are of a band of age."""

    rango = fields.Enum(RangoEtario, by_value=True)
    cuantos = fields.Integer()


class HogarSchema(Schema):
    """A household as its reader may know it."""

    id = fields.UUID()
    integrantes = fields.List(fields.Nested(IntegranteSchema))
    otros = fields.Integer(
        metadata={"description": "Cuántos más hay, a quienes usted no puede ver"}
    )
    total = fields.Integer()
    por_edad = fields.List(
        fields.Nested(CuantosPorEdadSchema), metadata={"description": "De los que usted ve"}
    )
    antes = fields.List(fields.Nested(IntegranteSchema))


class HogarDePersonaSchema(Schema):
    """Somebody's household, and what was so of them before."""

    definicion = fields.Nested(DefinicionDeHogarSchema)
    hogar = fields.Nested(HogarSchema, allow_none=True)
    suyas = fields.List(fields.Nested(EntradaDeHogarSchema))
