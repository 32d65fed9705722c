"""What is asked of answers and what goes out."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load

from notificaciones.entrantes.queries import Filtro
from notificaciones.entrantes.states import Efecto, Estado, Intencion
from notificaciones.plantillas.catalogo import Canal


class ConsultaSchema(Schema):
    """Which answers."""

    estado = fields.Enum(Estado, by_value=True)
    cita_id = fields.UUID()

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Filtro:
        return Filtro(**data)


class VistaSchema(Schema):
    """The same in the address of the page: what waits for somebody, unless it says otherwise."""

    class Meta:
        """Addresses get longer by what others add to them."""

        unknown = EXCLUDE

    estado = fields.String(load_default=Estado.PENDIENTE.value)
    cita = fields.UUID(attribute="cita_id")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Filtro:
        estado = data.pop("estado")
        data["estado"] = Estado(estado) if estado in set(Estado) else None
        return Filtro(**data)


class RespuestaSchema(Schema):
    """An answer as its readers see it. Moments are UTC; the address is masked."""

    id = fields.UUID(required=True)
    canal = fields.Enum(Canal, by_value=True, required=True)
    de = fields.Function(lambda respuesta: respuesta.de_quien())
    texto = fields.String(allow_none=True)
    intencion = fields.Enum(Intencion, by_value=True, allow_none=True)
    efecto = fields.Enum(Efecto, by_value=True, required=True)
    contestada = fields.Boolean(
        required=True, metadata={"description": "Si la oficina le contestó por sí sola"}
    )
    estado = fields.Enum(Estado, by_value=True, required=True)
    persona_id = fields.UUID(allow_none=True)
    caso_id = fields.UUID(allow_none=True)
    cita_id = fields.UUID(allow_none=True)
    mensaje_id = fields.UUID(allow_none=True)
    recibida_en = fields.AwareDateTime(required=True)
    atendida_en = fields.AwareDateTime(allow_none=True)
    version = fields.Integer(required=True)


class RespuestaDeCopiaSchema(Schema):
    """An answer in the copy that its person gets."""

    id = fields.UUID(required=True)
    canal = fields.Enum(Canal, by_value=True, required=True)
    de = fields.String(allow_none=True)
    texto = fields.String(allow_none=True)
    recibida_en = fields.AwareDateTime(required=True)


class VersionSchema(Schema):
    """The version that the reader saw."""

    version = fields.Integer(required=True)
