"""What comes in and goes out about representatives; the same for JSON and form."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Texto
from casos.personas.schemas import PersonaResumenSchema
from casos.representantes.actions import NuevoRepresentante
from casos.representantes.catalogo import catalogo
from oficina.contacto import normalizar_telefono
from oficina.web.forms import DIAS


def _es_tipo(codigo: str) -> None:
    if codigo not in catalogo().tipos:
        raise ValidationError(_("No conocemos esa forma de representar."))


class _Telefono(Texto):
    """A telephone however it is written, as E.164."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> str:
        texto = super()._deserialize(*args, **kwargs)
        if not texto:
            return ""
        if (numero := normalizar_telefono(texto)) is None:
            raise ValidationError(_("No parece un teléfono. Ejemplo: 9 8623 0047."))
        return numero


class _RepresentanteSchema(Schema):
    tipo = fields.String(
        required=True,
        validate=_es_tipo,
        error_messages={"required": _l("Elija una opción de la lista.")},
    )
    nombre = Texto(load_default=None, allow_none=True, validate=validate.Length(max=160))
    telefono = _Telefono(load_default=None, allow_none=True)
    correo = fields.Email(load_default=None, allow_none=True)
    documento = Texto(load_default=None, allow_none=True, validate=validate.Length(max=300))
    desde = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    hasta = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    recibe_mensajes = fields.Boolean(load_default=False)


class NuevoRepresentanteSchema(_RepresentanteSchema):
    """Who represents somebody."""

    otra_id = fields.UUID(load_default=None, allow_none=True)

    @validates_schema
    def _alguien(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if bool(data.get("otra_id")) == bool(data.get("nombre")):
            raise ValidationError(_("Diga quién es: por su ficha, o por su nombre."), "nombre")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoRepresentante:
        return NuevoRepresentante(**data)


class RepresentanteDePaginaSchema(_RepresentanteSchema):
    """The same on a page, where somebody with a record is named by a folio or a document."""

    quien = fields.String(load_default="", validate=validate.Length(max=60))

    @validates_schema
    def _alguien(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if bool(data.get("quien")) == bool(data.get("nombre")):
            raise ValidationError(_("Diga quién es: por su ficha, o por su nombre."), "quien")


class RepresentanteSchema(Schema):
    """Who represents somebody; how to reach them is read with their own record."""

    id = fields.UUID(attribute="representante.id")
    tipo = fields.String(attribute="representante.tipo")
    persona = fields.Nested(PersonaResumenSchema, attribute="otra", allow_none=True)
    nombre = fields.String()
    documento = fields.String(attribute="representante.documento", allow_none=True)
    recibe_mensajes = fields.Boolean(attribute="representante.recibe_mensajes")
    desde = fields.Date(attribute="representante.desde")
    hasta = fields.Date(attribute="representante.hasta", allow_none=True)
    vale = fields.Boolean()


class RepresentantesSchema(Schema):
    """Who represents somebody, and who did."""

    representantes = fields.List(fields.Nested(RepresentanteSchema))
