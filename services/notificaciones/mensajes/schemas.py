"""What is asked of messages and what goes out."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from notificaciones.entrantes.schemas import RespuestaDeCopiaSchema
from notificaciones.mensajes.queries import Filtro
from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas.catalogo import Canal, Clave
from oficina.accesos import AccesosSchema


@dataclass(frozen=True, kw_only=True)
class Consulta:
    """Which messages a reader asks for, before the reader's scope."""

    plantilla: Clave | None = None
    estado: Estado | None = None
    caso_id: UUID | None = None
    cita_id: UUID | None = None
    derivacion_id: UUID | None = None

    def filtro(self, visibles: frozenset[Clave]) -> Filtro:
        """The same with the reader's scope."""
        return Filtro(visibles=visibles, **vars(self))


class ConsultaSchema(Schema):
    """Which messages."""

    plantilla = fields.Enum(Clave, by_value=True)
    estado = fields.Enum(Estado, by_value=True)
    caso_id = fields.UUID()
    cita_id = fields.UUID()
    derivacion_id = fields.UUID()

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Consulta:
        return Consulta(**data)


class VistaSchema(Schema):
    """The same as short names in the address of the page."""

    class Meta:
        """Addresses get longer by what others add to them."""

        unknown = EXCLUDE

    tipo = fields.Enum(Clave, by_value=True, attribute="plantilla")
    estado = fields.Enum(Estado, by_value=True)
    caso = fields.UUID(attribute="caso_id")
    cita = fields.UUID(attribute="cita_id")
    derivacion = fields.UUID(attribute="derivacion_id")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Consulta:
        return Consulta(**data)


class TarifaSchema(Schema):
    """The price of one segment, and where it comes from."""

    clave = fields.String(required=True)
    desde = fields.Date(required=True)
    por_segmento = fields.Decimal(required=True, as_string=True)
    moneda = fields.String(required=True)
    confirmada = fields.Boolean(required=True)
    fuente = fields.String(required=True)


class SegmentosSchema(Schema):
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
    costo = fields.Decimal(required=True, allow_none=True, as_string=True)
    tarifa = fields.Nested(TarifaSchema, required=True, allow_none=True)


class MensajeSchema(Schema):
    """A message as its readers see it. Moments are UTC."""

    id = fields.UUID(required=True)
    plantilla = fields.Enum(Clave, by_value=True, required=True)
    plantilla_version = fields.Integer(allow_none=True)
    regla = fields.String(allow_none=True)
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
    enviar_en = fields.AwareDateTime(required=True)
    caduca_en = fields.AwareDateTime(allow_none=True)
    entregado_en = fields.AwareDateTime(allow_none=True)
    proveedor = fields.String(allow_none=True)
    segmentos = fields.Nested(SegmentosSchema, attribute="ocupa", allow_none=True)
    creado_en = fields.AwareDateTime(required=True)


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


class DatosDePersonaSchema(Schema):
    """Everything that notificaciones holds of a person."""

    mensajes = fields.List(
        fields.Nested(MensajeDeCopiaSchema),
        required=True,
    )
    respuestas = fields.List(fields.Nested(RespuestaDeCopiaSchema), required=True)
    accesos = fields.List(fields.Nested(AccesosSchema), required=True)


class CasosSchema(Schema):
    """The cases of a person; `caso` repeats."""

    caso = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=200))
