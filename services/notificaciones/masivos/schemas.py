"""What is asked of bulks and what goes out."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from notificaciones.masivos.actions import NuevoEnvio
from notificaciones.masivos.lectura import Leido, Pedida
from notificaciones.masivos.limites import limites
from notificaciones.masivos.states import Estado, Problema
from notificaciones.mensajes.schemas import ClaveField, wall_clock
from notificaciones.mensajes.states import Estado as EstadoDeMensaje
from notificaciones.mensajes.states import Motivo
from notificaciones.plantillas.catalogo import Canal
from oficina.web.forms import MOMENTOS


class FilaPedidaSchema(Schema):
    """One recipient."""

    quien = fields.String(
        required=True,
        validate=validate.Length(1, 254),
        metadata={"description": "Folio o documento de una persona, o un celular o correo"},
    )
    valores = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(allow_none=True),
        load_default=dict,
        validate=validate.Length(max=50, error=_l("A lo más {max}.")),
    )
    idioma = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=20))


def _caben(filas: list[Any]) -> None:
    if not 1 <= len(filas) <= limites().filas:
        raise ValidationError(_("De 1 a %(maximo)s filas.", maximo=limites().filas))


class NuevoEnvioSchema(Schema):
    """A bulk: the template, who it is for, and a row for each."""

    plantilla = ClaveField(required=True)
    a_personas = fields.Boolean(
        required=True,
        metadata={"description": "Si `quien` es una persona de la oficina; si no, una dirección"},
    )
    canal = fields.Enum(Canal, by_value=True, load_default=None, allow_none=True)
    programado_para = fields.AwareDateTime(load_default=None, allow_none=True, validate=MOMENTOS)
    filas = fields.List(fields.Nested(FilaPedidaSchema), required=True, validate=_caben)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> tuple[NuevoEnvio, Leido]:
        filas = [Pedida(numero=n, **una) for n, una in enumerate(data.pop("filas"), 1)]
        return NuevoEnvio(**data), Leido(data["a_personas"], filas)


class TraerSchema(Schema):
    """The same from a form, whose file comes beside."""

    class Meta:
        """The file."""

        unknown = EXCLUDE

    plantilla = ClaveField(required=True)
    canal = fields.Enum(Canal, by_value=True, load_default=None)
    programado_para = wall_clock()


class CuentasSchema(Schema):
    """How many rows are so; each code with its number."""

    filas = fields.Integer(required=True)
    por_revisar = fields.Integer(required=True)
    problemas = fields.Dict(
        keys=fields.Enum(Problema, by_value=True), values=fields.Integer(), required=True
    )
    callados = fields.Dict(
        keys=fields.Enum(Motivo, by_value=True),
        values=fields.Integer(),
        required=True,
        metadata={"description": "Filas cuyo mensaje no saldría, por qué"},
    )
    destinatarios = fields.Integer(required=True)
    segmentos = fields.Integer(required=True)
    costo = fields.Function(
        lambda c: str(c.segmentos * c.tarifa.por_segmento), metadata={"type": "string"}
    )
    moneda = fields.Function(lambda c: c.tarifa.moneda, metadata={"type": "string"})
    por_pedir = fields.Integer(required=True)
    mensajes = fields.Dict(
        keys=fields.Enum(EstadoDeMensaje, by_value=True), values=fields.Integer(), required=True
    )


class EnvioMasivoSchema(Schema):
    """A bulk as its readers see it. Moments are UTC."""

    id = fields.UUID(required=True)
    plantilla = fields.String(required=True)
    a_personas = fields.Boolean(required=True)
    canal = fields.Enum(Canal, by_value=True, allow_none=True)
    programado_para = fields.AwareDateTime(allow_none=True)
    filas = fields.Integer(required=True)
    estado = fields.Enum(Estado, by_value=True, required=True)
    actor_id = fields.UUID(required=True)
    confirmado_por = fields.UUID(allow_none=True)
    creado_en = fields.AwareDateTime(required=True)
    confirmado_en = fields.AwareDateTime(allow_none=True)
    terminado_en = fields.AwareDateTime(allow_none=True)


class EnvioConCuentasSchema(EnvioMasivoSchema):
    """One bulk, and how its rows stand."""

    cuentas = fields.Nested(CuentasSchema, required=True)


class DesdeSchema(Schema):
    """Rows after a number."""

    despues_de = fields.Integer(load_default=0, validate=validate.Range(0, 2**31 - 1))


class FilaSchema(Schema):
    """What became of a row: no name, address or value."""

    numero = fields.Integer(required=True)
    problema = fields.Enum(Problema, by_value=True, allow_none=True)
    columna = fields.String(allow_none=True)
    repite = fields.Integer(allow_none=True)
    motivo = fields.Enum(Motivo, by_value=True, allow_none=True)
    persona_id = fields.UUID(allow_none=True)
    mensaje_id = fields.UUID(allow_none=True)
    estado = fields.Enum(EstadoDeMensaje, by_value=True, allow_none=True)
