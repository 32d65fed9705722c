"""What comes in and goes out of requests about somebody's data; the same for JSON and form."""

from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.atenciones.models import Canal
from casos.consentimientos.models import Otorgante
from casos.derechos.actions import NuevaSolicitud, Prorroga, Respuesta
from casos.derechos.states import Accion, Derecho, Entrega, Estado, Identidad

_TEXTO = validate.Length(max=4000)


def _escrito(falta: LazyString) -> fields.String:
    """What has to be written for the person; `falta` says so to whoever left it out."""
    return fields.String(required=True, validate=_TEXTO, error_messages={"required": falta})


class NuevaSolicitudSchema(Schema):
    """A request to be received."""

    derecho = fields.Enum(
        Derecho,
        by_value=True,
        required=True,
        error_messages={"required": _l("Elija qué pide la persona.")},
    )
    canal = fields.Enum(
        Canal,
        by_value=True,
        required=True,
        error_messages={"required": _l("Indique cómo llegó.")},
    )
    identidad = fields.Enum(
        Identidad,
        by_value=True,
        required=True,
        error_messages={"required": _l("Indique cómo se comprobó quién lo pide.")},
    )
    pedida_por = fields.Enum(Otorgante, by_value=True, load_default=Otorgante.PERSONA)
    representante = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=200)
    )
    detalle = fields.String(load_default=None, allow_none=True, validate=_TEXTO)

    @validates_schema(skip_on_field_errors=False)
    def _representada(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("pedida_por") is Otorgante.REPRESENTANTE and not data.get("representante"):
            raise ValidationError(
                {"representante": [_("Escriba quién lo pide y qué le permite representarla.")]}
            )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaSolicitud:
        return NuevaSolicitud(**data)


class ProrrogaSchema(Schema):
    """Why more time is needed; the person is told."""

    motivo = _escrito(_l("Escriba por qué hace falta más tiempo."))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Prorroga:
        return Prorroga(**data)


class RespuestaASolicitudSchema(Schema):
    """What is answered, and how it reached the person."""

    texto = _escrito(_l("Escriba qué se le respondió a la persona."))
    entrega = fields.Enum(
        Entrega,
        by_value=True,
        required=True,
        error_messages={"required": _l("Indique cómo se entregó la respuesta.")},
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Respuesta:
        return Respuesta(**data)


class RechazoSchema(RespuestaASolicitudSchema):
    """The reason of the law, what is said to the person, and how it reached them."""

    codigo = fields.String(
        required=True, error_messages={"required": _l("Elija por qué la ley no lo permite.")}
    )


class FiltroSolicitudesSchema(Schema):
    """Which requests."""

    todas = fields.Boolean(load_default=False)


class PasoDeSolicitudSchema(Schema):
    """One line of the history."""

    accion = fields.Enum(Accion, by_value=True, allow_none=True)
    estado = fields.Enum(Estado, by_value=True)
    texto = fields.String(allow_none=True)
    quien = fields.String()
    ocurrido_en = fields.AwareDateTime()


class SolicitudResumenSchema(Schema):
    """A request in a list."""

    id = fields.UUID()
    folio = fields.String()
    persona_id = fields.UUID()
    derecho = fields.Enum(Derecho, by_value=True)
    estado = fields.Enum(Estado, by_value=True)
    recibida_en = fields.AwareDateTime()
    vence_en = fields.AwareDateTime()
    terminada_en = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class SolicitudesSchema(Schema):
    """The tray."""

    solicitudes = fields.List(fields.Nested(SolicitudResumenSchema))


class SolicitudSchema(SolicitudResumenSchema):
    """A request with its history."""

    canal = fields.Enum(Canal, by_value=True)
    pedida_por = fields.Enum(Otorgante, by_value=True)
    representante = fields.String(allow_none=True)
    identidad = fields.Enum(Identidad, by_value=True)
    detalle = fields.String(allow_none=True)
    delegado_nombre = fields.String()
    respuesta = fields.String(allow_none=True)
    entrega = fields.Enum(Entrega, by_value=True, allow_none=True)
    rechazo_codigo = fields.String(allow_none=True)
    vence_en_original = fields.AwareDateTime(allow_none=True)
    acciones = fields.List(fields.Enum(Accion, by_value=True))
    pasos = fields.List(fields.Nested(PasoDeSolicitudSchema))


class ReciboSchema(Schema):
    """What whoever received a request may know of it: until when it is answered."""

    id = fields.UUID()
    folio = fields.String()
    derecho = fields.Enum(Derecho, by_value=True)
    estado = fields.Enum(Estado, by_value=True)
    vence_en = fields.AwareDateTime()


class SeguimientoDeSolicitudSchema(Schema):
    """How a request stands, for the service that writes about it."""

    folio = fields.String(required=True)
    derecho = fields.Enum(Derecho, by_value=True, required=True)
    estado = fields.Enum(Estado, by_value=True, required=True)
    vence_en = fields.AwareDateTime(required=True)
