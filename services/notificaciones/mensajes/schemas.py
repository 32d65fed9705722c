"""What is asked of messages and what goes out."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from notificaciones.entrantes.schemas import RespuestaDeCopiaSchema
from notificaciones.mensajes.pedidos import Pedido
from notificaciones.mensajes.queries import Filtro
from notificaciones.mensajes.states import Estado, Motivo, Prioridad
from notificaciones.plantillas.catalogo import Canal, idiomas
from notificaciones.plantillas.motor import NOMBRE
from oficina.accesos import AccesosSchema
from oficina.web.forms import DIAS, MOMENTOS
from oficina.web.schemas import ObjectSchema

_ESTE_SIGLO = validate.Range(
    datetime(2000, 1, 1),  # noqa: DTZ001  on a wall in Chile
    datetime(2100, 12, 31),  # noqa: DTZ001  the same
    error=_l("Escriba una fecha de este siglo."),
)
_CLAVE = re.compile(r"[A-Za-z0-9._:/-]{1,80}\Z")


class ClaveField(fields.String):
    """The key of a template: the program's or the office's own."""

    def __init__(self, **options: Any) -> None:
        regexp = validate.Regexp(rf"{NOMBRE.pattern}\Z", error=_l("Esa plantilla no existe."))
        super().__init__(validate=regexp, **options)


@dataclass(frozen=True, kw_only=True)
class Consulta:
    """Which messages a reader asks for, before the reader's scope."""

    plantilla: str | None = None
    estado: Estado | None = None
    caso_id: UUID | None = None
    cita_id: UUID | None = None
    derivacion_id: UUID | None = None
    persona_id: UUID | None = None
    motivo: Motivo | None = None
    canal: Canal | None = None
    dia: date | None = None

    def filtro(self, visibles: frozenset[str]) -> Filtro:
        """The same with the reader's scope."""
        return Filtro(visibles=visibles, **vars(self))


class ConsultaSchema(Schema):
    """Which messages."""

    plantilla = ClaveField()
    estado = fields.Enum(Estado, by_value=True)
    caso_id = fields.UUID()
    cita_id = fields.UUID()
    derivacion_id = fields.UUID()
    persona_id = fields.UUID()
    motivo = fields.Enum(Motivo, by_value=True)
    canal = fields.Enum(Canal, by_value=True)
    dia = fields.Date(validate=DIAS, metadata={"description": "Día en Chile en que sale"})

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Consulta:
        return Consulta(**data)


class VistaSchema(Schema):
    """The same as short names in the address of the page."""

    class Meta:
        """Addresses get longer by what others add to them."""

        unknown = EXCLUDE

    tipo = ClaveField(attribute="plantilla")
    estado = fields.Enum(Estado, by_value=True)
    caso = fields.UUID(attribute="caso_id")
    cita = fields.UUID(attribute="cita_id")
    derivacion = fields.UUID(attribute="derivacion_id")
    persona = fields.UUID(attribute="persona_id")
    motivo = fields.Enum(Motivo, by_value=True)
    canal = fields.Enum(Canal, by_value=True)
    dia = fields.Date(validate=DIAS)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Consulta:
        return Consulta(**data)


class PedidoSchema(Schema):
    """A message that is asked for: to a person of the office, or to an address."""

    plantilla = fields.String(required=True, validate=validate.Length(min=1, max=40))
    persona_id = fields.UUID(load_default=None, allow_none=True)
    destino = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=3, max=254),
        metadata={"description": "Un celular o un correo; en vez de `persona_id`"},
    )
    valores = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(allow_none=True),
        load_default=dict,
        validate=validate.Length(max=50, error=_l("A lo más {max}.")),
        metadata={"description": "Uno por cada variable de la plantilla; días y horas en ISO 8601"},
    )
    canal = fields.Enum(Canal, by_value=True, load_default=None, allow_none=True)
    idioma = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(list(idiomas())),
        metadata={"description": "Solo con `destino`: de una persona se sabe"},
    )
    programado_para = fields.AwareDateTime(load_default=None, allow_none=True, validate=MOMENTOS)
    caduca_en = fields.AwareDateTime(load_default=None, allow_none=True, validate=MOMENTOS)
    prioridad = fields.Enum(
        Prioridad,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "Si no se dice, la de la plantilla"},
    )
    clave_de_negocio = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(
            _CLAVE, error=_l("Use de 1 a 80 letras, números, puntos, guiones, «_», «:» o «/».")
        ),
    )

    @validates_schema(skip_on_field_errors=True)
    def _uno_de_los_dos(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if (data["persona_id"] is None) == (data["destino"] is None):
            raise ValidationError({"destino": [_("Diga una persona o una dirección, y no ambas.")]})
        if data["idioma"] is not None and data["persona_id"] is not None:
            raise ValidationError({"idioma": [_("De una persona el idioma se sabe.")]})

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Pedido:
        return Pedido(**data)


def wall_clock() -> fields.NaiveDateTime:
    """A moment as a clock in Chile shows it; none is now."""
    return fields.NaiveDateTime(load_default=None, validate=_ESTE_SIGLO)


class EscribirSchema(Schema):
    """One message to a person of the office, from a form: what its template asks for is beside."""

    class Meta:
        """The values of the template's variables."""

        unknown = EXCLUDE

    plantilla = ClaveField(required=True)
    quien = fields.String(required=True, validate=validate.Length(max=60))
    canal = fields.Enum(Canal, by_value=True, load_default=None)
    programado_para = wall_clock()
    clave = fields.UUID(required=True)


class TarifaSchema(ObjectSchema):
    """The price of one segment, and where it comes from."""

    clave = fields.String(required=True)
    desde = fields.Date(required=True)
    por_segmento = fields.String(required=True)
    moneda = fields.String(required=True)
    confirmada = fields.Boolean(required=True)
    fuente = fields.String(required=True)


class SegmentosSchema(ObjectSchema):
    """What an SMS takes, why, and what it costs."""

    codificacion = fields.String(required=True)
    unidades = fields.Integer(required=True, allow_none=True)
    partes = fields.Integer(required=True)
    culpables = fields.List(fields.String(), required=True)
    posicion = fields.Integer(required=True, allow_none=True)
    dobles = fields.List(fields.String(), required=True)
    con_tildes = fields.Integer(required=True, allow_none=True)
    sin_tildes = fields.Integer(required=True, allow_none=True)
    sin_equivalente = fields.List(fields.String(), required=True)
    costo = fields.String(required=True, allow_none=True)
    tarifa = fields.Nested(TarifaSchema, required=True, allow_none=True)


class MensajeSchema(ObjectSchema):
    """A message as its readers see it. Moments are UTC."""

    id = fields.UUID(required=True)
    plantilla = ClaveField(required=True)
    plantilla_version = fields.Integer(allow_none=True)
    regla = fields.String(allow_none=True)
    regla_version = fields.Integer(allow_none=True)
    persona_id = fields.UUID(allow_none=True)
    caso_id = fields.UUID(allow_none=True)
    derivacion_id = fields.UUID(allow_none=True)
    cita_id = fields.UUID(allow_none=True)
    canal = fields.Enum(Canal, by_value=True, allow_none=True)
    idioma = fields.String(allow_none=True)
    idioma_pedido = fields.String(allow_none=True)
    destino = fields.String(allow_none=True)
    asunto = fields.String(allow_none=True)
    cuerpo = fields.Function(lambda mensaje: mensaje.cuerpo_visible())
    estado = fields.Enum(Estado, by_value=True, required=True)
    motivo = fields.Enum(Motivo, by_value=True, allow_none=True)
    prioridad = fields.Enum(Prioridad, by_value=True, required=True)
    pedido_por = fields.UUID(allow_none=True)
    pese_a_baja = fields.String(
        allow_none=True,
        metadata={"description": "La ley por la que sale aunque la dirección esté de baja"},
    )
    enviar_en = fields.AwareDateTime(required=True)
    caduca_en = fields.AwareDateTime(allow_none=True)
    entregado_en = fields.AwareDateTime(allow_none=True)
    proveedor = fields.String(allow_none=True)
    segmentos = fields.Nested(SegmentosSchema, attribute="ocupa", allow_none=True)
    creado_en = fields.AwareDateTime(required=True)


class HitoSchema(Schema):
    """One thing that happened to a message, in the reader's words."""

    cuando = fields.AwareDateTime(required=True)
    que = fields.String(required=True)
    porque = fields.List(fields.String(), required=True)


class MensajeDeCopiaSchema(MensajeSchema):
    """A message in the copy that its person gets."""

    class Meta:
        fields = (
            "id",
            "plantilla",
            "canal",
            "idioma",
            "destino",
            "asunto",
            "cuerpo",
            "estado",
            "motivo",
            "enviar_en",
            "entregado_en",
        )


class FilaDeCopiaSchema(Schema):
    """A row of a bulk that names a person, in the copy that the person gets."""

    plantilla = fields.String(required=True)
    valores = fields.List(fields.String(), required=True)
    creado_en = fields.AwareDateTime(required=True)


class DatosDePersonaSchema(Schema):
    """Everything that notificaciones holds of a person."""

    mensajes = fields.List(
        fields.Nested(MensajeDeCopiaSchema),
        required=True,
    )
    respuestas = fields.List(fields.Nested(RespuestaDeCopiaSchema), required=True)
    envios = fields.List(fields.Nested(FilaDeCopiaSchema), required=True)
    accesos = fields.List(fields.Nested(AccesosSchema), required=True)


class CasosSchema(Schema):
    """The cases of a person; `caso` repeats."""

    caso = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=200))
