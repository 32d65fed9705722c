"""What comes in about an agreement and what goes out; the same for JSON and form."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import CodigoPropio, Pesos, Texto
from casos.convenios.actions import EdicionConvenio, NuevoConvenio, Prorroga, Termino
from casos.convenios.models import TipoConvenio
from casos.convenios.states import Accion, Estado
from oficina.web.forms import DIAS


class _CuerpoSchema(Schema):
    codigo = CodigoPropio()
    objeto = Texto(required=True, validate=validate.Length(1, 200))
    decreto = Texto(required=True, validate=validate.Length(1, 80))
    monto_clp = Pesos(load_default=None, allow_none=True)
    obligaciones = Texto(load_default="", validate=validate.Length(max=2000))
    permite_comunicar_datos = fields.Boolean(load_default=False)
    responsable_id = fields.UUID(required=True)


class NuevoConvenioSchema(_CuerpoSchema):
    """An agreement that was signed."""

    institucion_id = fields.UUID(required=True)
    tipo = fields.Enum(TipoConvenio, by_value=True, required=True)
    desde = fields.Date(required=True, validate=DIAS)
    hasta = fields.Date(load_default=None, allow_none=True, validate=DIAS)

    @validates_schema
    def _cierto(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("desde") and data.get("hasta") and data["hasta"] < data["desde"]:
            raise ValidationError(_("El término es anterior al comienzo."), "hasta")
        if data.get("tipo") is TipoConvenio.TRANSFERENCIA_FONDOS and not data.get("monto_clp"):
            raise ValidationError(_("Indique cuánto se transfiere."), "monto_clp")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoConvenio:
        return NuevoConvenio(**data)


class EdicionConvenioSchema(_CuerpoSchema):
    """What may be corrected."""

    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> EdicionConvenio:
        return EdicionConvenio(**data)


class ProrrogaDeConvenioSchema(Schema):
    """An extension."""

    hasta = fields.Date(required=True, validate=DIAS)
    decreto = Texto(required=True, validate=validate.Length(1, 80))
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Prorroga:
        return Prorroga(**data)


class TerminoDeConvenioSchema(Schema):
    """The end of an agreement."""

    motivo = Texto(required=True, validate=validate.Length(1, 500))
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Termino:
        return Termino(**data)


class FiltroConveniosSchema(Schema):
    """Whether to list those that are not in force any more."""

    todos = fields.Boolean(load_default=False)


class ConvenioSchema(Schema):
    """An agreement."""

    id = fields.UUID()
    folio = fields.String()
    codigo = fields.String(allow_none=True)
    institucion_id = fields.UUID()
    institucion = fields.String(attribute="institucion.nombre")
    tipo = fields.Enum(TipoConvenio, by_value=True)
    objeto = fields.String()
    decreto = fields.String()
    desde = fields.Date()
    hasta = fields.Date(allow_none=True)
    monto_clp = fields.Integer(allow_none=True)
    obligaciones = fields.String()
    permite_comunicar_datos = fields.Boolean()
    responsable_id = fields.UUID()
    responsable_nombre = fields.String()
    estado = fields.Enum(Estado, by_value=True)
    termino_motivo = fields.String(allow_none=True)
    acciones = fields.List(fields.Enum(Accion, by_value=True))
    version = fields.Integer()


class ConveniosSchema(Schema):
    """Several agreements."""

    convenios = fields.List(fields.Nested(ConvenioSchema))
