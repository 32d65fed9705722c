"""What comes in and goes out of consents; the same for JSON and form."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.consentimientos.actions import Fundamento
from casos.consentimientos.models import (
    BaseLicitud,
    FormaConsentimiento,
    MotivoRetiro,
    Otorgante,
)
from casos.consentimientos.retiro import PedidoRetiro
from oficina.web.forms import DIAS


class ComoSeDioSchema(Schema):
    """How, by whom and until when a consent was given."""

    forma_consentimiento = fields.Enum(
        FormaConsentimiento, by_value=True, load_default=None, allow_none=True
    )
    idioma_consentimiento = fields.String(load_default=None, allow_none=True)
    otorgado_por = fields.Enum(Otorgante, by_value=True, load_default=Otorgante.PERSONA)
    representante = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=200)
    )
    evidencia = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=300))
    hasta_consentimiento = fields.Date(load_default=None, allow_none=True, validate=DIAS)


class NuevoConsentimientoSchema(ComoSeDioSchema):
    """That a person wants to be reminded of appointments."""

    @validates_schema(skip_on_field_errors=False)
    def _completo(self, data: dict[str, Any], **_kwargs: Any) -> None:
        exigir_legibles(fundamento(BaseLicitud.CONSENTIMIENTO, data).faltas(), data)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Fundamento:
        return fundamento(BaseLicitud.CONSENTIMIENTO, data)


class RetiroSchema(Schema):
    """Why a consent is taken back."""

    motivo = fields.Enum(
        MotivoRetiro,
        by_value=True,
        required=True,
        error_messages={"required": _l("Elija uno de los motivos.")},
    )
    pedido_por = fields.Enum(Otorgante, by_value=True, load_default=Otorgante.PERSONA)
    detalle = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=1000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> PedidoRetiro:
        return PedidoRetiro(**data)


class RetiradoSchema(Schema):
    """A withdrawal."""

    motivo = fields.Enum(MotivoRetiro, by_value=True)
    pedido_por = fields.Enum(Otorgante, by_value=True)
    detalle = fields.String(allow_none=True)
    registrado_por = fields.String()
    retirado_en = fields.AwareDateTime()


class ConsentimientoSchema(Schema):
    """A consent as it stands."""

    id = fields.UUID()
    finalidad = fields.String()
    base_licitud = fields.Enum(BaseLicitud, by_value=True)
    destinatario = fields.String(allow_none=True)
    categorias = fields.List(fields.String())
    forma = fields.Enum(FormaConsentimiento, by_value=True, allow_none=True)
    texto_version = fields.String(allow_none=True)
    idioma = fields.String(allow_none=True)
    otorgado_por = fields.Enum(Otorgante, by_value=True, allow_none=True)
    representante = fields.String(allow_none=True)
    evidencia = fields.String(allow_none=True)
    registrado_en = fields.AwareDateTime()
    hasta = fields.AwareDateTime(allow_none=True)
    vale = fields.Boolean()
    retiro = fields.Nested(RetiradoSchema, allow_none=True)


class ConsentimientosSchema(Schema):
    """What a person agreed to, the newest first."""

    consentimientos = fields.List(fields.Nested(ConsentimientoSchema))


def exigir_legibles(faltan: dict[str, list[str]], data: dict[str, Any]) -> None:
    """A field that is not in `data` could not be read and has its own error."""
    if legibles := {campo: dichas for campo, dichas in faltan.items() if campo in data}:
        raise ValidationError(legibles)


def fundamento(base: BaseLicitud, data: dict[str, Any]) -> Fundamento:
    """The basis that the fields describe."""
    return Fundamento(
        base=base,
        forma=data.get("forma_consentimiento"),
        idioma=data.get("idioma_consentimiento"),
        otorgado_por=data.get("otorgado_por") or Otorgante.PERSONA,
        representante=data.get("representante"),
        evidencia=data.get("evidencia"),
        hasta=data.get("hasta_consentimiento"),
    )
