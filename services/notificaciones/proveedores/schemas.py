"""What goes out of the providers."""

from marshmallow import Schema, fields

from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.tablero import Salud


class ConsumoSchema(Schema):
    """What a day took, and what of it may be taken."""

    mensajes = fields.Integer(required=True)
    segmentos = fields.Integer(required=True)
    costo = fields.String(required=True)
    rechazados = fields.Integer(required=True)
    fallas = fields.Integer(required=True)
    inciertos = fields.Integer(required=True)
    pesos_por_dia = fields.String(required=True, allow_none=True)
    segmentos_por_dia = fields.Integer(required=True, allow_none=True)
    agotado = fields.Boolean(required=True)


class ProveedorSchema(Schema):
    """A provider. `hasta` is when its breaker lets somebody try again."""

    clave = fields.String(required=True)
    nombre = fields.String(required=True)
    canales = fields.List(fields.Enum(Canal, by_value=True), required=True)
    salud = fields.Enum(Salud, by_value=True, required=True)
    hasta = fields.AwareDateTime(required=True, allow_none=True)
    fallas_seguidas = fields.Integer(required=True)
    costo_por_segmento = fields.String(required=True)
    por_segundo = fields.Float(required=True, allow_none=True)
    recibos = fields.Boolean(required=True)
    en_pausa = fields.Function(lambda uno: uno.pausa is not None)
    hoy = fields.Nested(ConsumoSchema, required=True)


class ProveedoresSchema(Schema):
    """All of them, and the office's own budget."""

    proveedores = fields.List(fields.Nested(ProveedorSchema), required=True)
    oficina = fields.Nested(ConsumoSchema, required=True, allow_none=True)
    esperan_presupuesto = fields.Integer(required=True)
