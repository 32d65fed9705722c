"""What comes in and goes out of relations; the same for JSON and form."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Texto
from casos.personas.schemas import PersonaResumenSchema
from casos.vinculos.actions import NuevoVinculo, Termino
from casos.vinculos.catalogo import tipos
from oficina.web.forms import DIAS


def es_tipo(codigo: str) -> None:
    """Raise ValidationError for a relation that is not on the list."""
    if codigo not in dict(tipos()):
        raise ValidationError(_("No conocemos ese vínculo."))


class _VinculoSchema(Schema):
    tipo = fields.String(
        required=True,
        validate=es_tipo,
        error_messages={"required": _l("Elija una opción de la lista.")},
        metadata={"description": "Qué es la otra persona de esta"},
    )
    nombre = Texto(load_default=None, allow_none=True, validate=validate.Length(max=160))
    desde = fields.Date(load_default=None, allow_none=True, validate=DIAS)


class NuevoVinculoSchema(_VinculoSchema):
    """What another one is to somebody."""

    otra_id = fields.UUID(load_default=None, allow_none=True)

    @validates_schema
    def _alguien(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if bool(data.get("otra_id")) == bool(data.get("nombre")):
            raise ValidationError(_("Diga quién es: por su ficha, o por su nombre."), "nombre")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoVinculo:
        return NuevoVinculo(**data)


class VinculoDePaginaSchema(_VinculoSchema):
    """The same on a page, where somebody with a record is named by a folio or a document."""

    quien = fields.String(load_default="", validate=validate.Length(max=60))

    @validates_schema
    def _alguien(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if bool(data.get("quien")) == bool(data.get("nombre")):
            raise ValidationError(_("Diga quién es: por su ficha, o por su nombre."), "quien")


class TerminoDeVinculoSchema(Schema):
    """Since when it is so no more."""

    hasta = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    por_error = fields.Boolean(load_default=False)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Termino:
        return Termino(**data)


class VinculoSchema(Schema):
    """A relation as one of its ends sees it."""

    id = fields.UUID(attribute="vinculo.id")
    tipo = fields.String()
    persona = fields.Nested(PersonaResumenSchema, attribute="otra", allow_none=True)
    nombre = fields.String()
    desde = fields.Date(attribute="vinculo.desde", allow_none=True)
    hasta = fields.Date(attribute="vinculo.hasta", allow_none=True)
    por_error = fields.Boolean(attribute="vinculo.por_error")


class VinculosSchema(Schema):
    """Somebody's relations."""

    vinculos = fields.List(fields.Nested(VinculoSchema))
