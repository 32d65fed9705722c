"""What comes in and goes out of subscriptions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate

from notificaciones.plantillas.catalogo import Clave, de_fabrica
from notificaciones.suscripciones.actions import Pedido
from notificaciones.suscripciones.bases import bases
from notificaciones.suscripciones.colas.models import FallaDeCola
from notificaciones.suscripciones.reintentos import reintentos
from notificaciones.suscripciones.states import Cadencia, Estado, Falla, Motivo, Origen, Via
from oficina.bus.tables import Estado as EstadoDeEntrega
from oficina.web.forms import MOMENTOS
from oficina.web.names import is_a_name

_CODIGO = re.compile(r"[a-z0-9_-]{1,60}\Z")
_CAMPO = re.compile(r"[a-z_]{1,40}\Z")
_UNIDAD = re.compile(r"([a-z][a-z0-9_]{0,79})?\Z")
_MUCHOS = 50


def _una_linea(texto: str) -> None:
    """No database keeps a NUL, and a line has no other line in it."""
    if not texto.isprintable():
        raise ValidationError(_("El texto tiene caracteres que no se pueden guardar."))


def _es_correo(valor: str) -> None:
    try:
        validate.Email()(valor)
    except ValidationError as error:
        raise ValidationError(_("No es un correo electrónico válido.")) from error


def _tiene_texto(idioma: str) -> None:
    if idioma not in de_fabrica()[Clave.RESUMEN_DE_UNIDAD].textos:
        raise ValidationError(_("Elija una de la lista."))


def _hora(**options: Any) -> fields.Time:
    return fields.Time(
        format="%H:%M", allow_none=True, metadata={"description": "Hora en Chile"}, **options
    )


_DE_A = _l("De {min} a {max}.")


class FiltrosField(fields.Dict):
    """Codes that a fact must carry: `{"tema": ["salud"]}`; in a form, `tema=salud, vivienda`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            keys=fields.String(validate=validate.Regexp(_CAMPO, error=_l("Ese campo no existe."))),
            values=fields.List(
                fields.String(validate=validate.Regexp(_CODIGO, error=_l("No es un código."))),
                validate=validate.Length(min=1, max=_MUCHOS, error=_DE_A),
            ),
            validate=validate.Length(max=10, error=_l("A lo más {max}.")),
            **options,
        )

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **options: Any
    ) -> Any:
        """Read a mapping, or the text of a form."""
        if not isinstance(value, str):
            return self._of_mapping(value, attr, data, **options)
        try:
            return super().deserialize(leer_filtros(value), attr, data, **options)
        except ValidationError as error:
            if isinstance(error.messages, list):
                raise
            # Of a text the whole text is what somebody has to look at.
            raise ValidationError(_("Hay un campo o un código que no existe.")) from error

    def _of_mapping(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        """Errors are beside the field that is filtered by, whether it or its codes are wrong."""
        try:
            return super().deserialize(value, attr, data, **options)
        except ValidationError as error:
            if isinstance(error.messages, list):
                raise
            beside = {
                campo: wrong.get("key") or wrong["value"] for campo, wrong in error.messages.items()
            }
            raise ValidationError(beside) from error


def leer_filtros(texto: str) -> dict[str, list[str]]:
    """Filters as people write them, one a line."""
    found: dict[str, list[str]] = {}
    for linea in filter(None, map(str.strip, texto.splitlines())):
        campo, igual, valores = linea.partition("=")
        codigos = [uno for uno in re.split(r"[\s,]+", valores.strip()) if uno]
        if not igual or not codigos:
            raise ValidationError(_("Escriba un filtro por línea: «tema=salud, vivienda»."))
        found.setdefault(campo.strip(), []).extend(codigos)
    return found


def escribir_filtros(filtros: Mapping[str, Sequence[str]]) -> str:
    """And back."""
    return "\n".join(f"{campo}={', '.join(valores)}" for campo, valores in filtros.items())


class EdicionSchema(Schema):
    """What may change of a subscription."""

    nombre = fields.String(
        required=True, validate=[validate.Length(min=2, max=120), _una_linea, is_a_name]
    )
    tipos = fields.List(
        fields.String(validate=validate.Length(max=160)),
        required=True,
        validate=validate.Length(min=1, max=100, error=_l("Elija al menos un hecho.")),
    )
    filtros = FiltrosField(load_default=dict)
    finalidad = fields.String(
        required=True, validate=[validate.Length(min=10, max=300), _una_linea, is_a_name]
    )
    base = fields.String(
        required=True, validate=validate.OneOf(list(bases()), error=_l("Elija una de la lista."))
    )
    ordenada = fields.Boolean(load_default=False)
    simultaneas = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=1, max=reintentos().simultaneas, error=_l("De {min} a {max}.")),
    )
    url = fields.String(
        load_default=None,
        allow_none=True,
        validate=[validate.Length(max=2000), _una_linea],
    )
    correo = fields.String(
        load_default=None, allow_none=True, validate=[validate.Length(max=254), _es_correo]
    )
    idioma = fields.String(load_default=None, allow_none=True, validate=_tiene_texto)
    cadencia = fields.Enum(
        Cadencia,
        by_value=True,
        load_default=None,
        allow_none=True,
        error_messages={"unknown": _l("Elija una de la lista.")},
    )
    dia = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(min=0, max=4, error=_DE_A)
    )
    hora = _hora(load_default=None)
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        rest: dict[str, Any] = {
            name: data.pop(name) for name in ("url", "version", "unidad", "via") if name in data
        }
        return {"pedido": Pedido(**data), **rest}


class NuevaSchema(EdicionSchema):
    """A new subscription; without `unidad` that of whoever asks."""

    class Meta:
        exclude = ("version",)

    unidad = fields.String(
        load_default="",
        validate=validate.Regexp(_UNIDAD, error=_l("Esa unidad no existe o está cerrada.")),
    )
    via = fields.Enum(
        Via, by_value=True, required=True, error_messages={"unknown": _l("Elija una de la lista.")}
    )


class PruebaSchema(Schema):
    """Which fact to invent; the first of the subscription's when nothing is said."""

    tipo = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=160))


class RepeticionDeEntregasSchema(Schema):
    """Since when."""

    desde = fields.AwareDateTime(required=True, validate=MOMENTOS)


class RepeticionFormaSchema(Schema):
    """Since the beginning of a day in Chile."""

    desde = fields.Date(required=True)


class PaginaSchema(Schema):
    """Where the older ones begin."""

    antes = fields.UUID(load_default=None, allow_none=True)


class EstadoDeColaSchema(Schema):
    """How a queue is on RabbitMQ, as it was last seen."""

    revisada_en = fields.AwareDateTime(allow_none=True)
    falla = fields.Enum(FallaDeCola, by_value=True, allow_none=True)
    mensajes = fields.Integer(allow_none=True)
    lectores = fields.Integer(allow_none=True)


class SuscripcionSchema(Schema):
    """A subscription. Of its secrets only how long the one before still signs."""

    id = fields.UUID(required=True)
    unidad = fields.String(required=True)
    nombre = fields.String(required=True)
    via = fields.Enum(Via, by_value=True, required=True)
    tipos = fields.List(fields.String(), required=True)
    filtros = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    finalidad = fields.String(required=True)
    base = fields.String(required=True)
    url = fields.String(allow_none=True)
    cola = fields.String(allow_none=True)
    estado_de_cola = fields.Nested(EstadoDeColaSchema, allow_none=True)
    correo = fields.String(allow_none=True)
    correo_verificado_en = fields.AwareDateTime(allow_none=True)
    idioma = fields.String(allow_none=True)
    cadencia = fields.Enum(Cadencia, by_value=True, allow_none=True)
    dia = fields.Integer(allow_none=True)
    hora = _hora()
    ordenada = fields.Boolean(required=True)
    simultaneas = fields.Integer(allow_none=True)
    estado = fields.Enum(Estado, by_value=True, required=True)
    motivo = fields.Enum(Motivo, by_value=True, allow_none=True)
    fallando_desde = fields.AwareDateTime(allow_none=True)
    siguiente_en = fields.AwareDateTime(allow_none=True)
    vista_en = fields.AwareDateTime(allow_none=True)
    anterior_hasta = fields.AwareDateTime(allow_none=True)
    repitiendo = fields.Boolean(required=True)
    creada_en = fields.AwareDateTime(required=True)
    creada_por = fields.String(required=True)
    version = fields.Integer(required=True)


class ConSecretoSchema(SuscripcionSchema):
    """A subscription with the secret that was just made: the only time that it is told.

    Of a webhook it is what signs, of a feed the token in its address, of a queue the address with
    its user and password; a digest has none.
    """

    secreto = fields.String(required=True)


class IntentoSchema(Schema):
    """One time that a delivery was tried."""

    en = fields.AwareDateTime(required=True)
    status = fields.Integer(allow_none=True)
    ms = fields.Integer(required=True)
    falla = fields.Enum(Falla, by_value=True, allow_none=True)


class EntregaSchema(Schema):
    """A delivery, without what it says."""

    id = fields.UUID(required=True)
    tipo = fields.String(required=True)
    origen = fields.Enum(Origen, by_value=True, required=True)
    estado = fields.Enum(EstadoDeEntrega, by_value=True, required=True)
    intentos = fields.Integer(required=True)
    ultimo_status = fields.Integer(allow_none=True)
    ultima_ms = fields.Integer(allow_none=True)
    error = fields.String(allow_none=True)
    visible = fields.AwareDateTime(required=True)
    creada_en = fields.AwareDateTime(required=True)
    hecho_en = fields.AwareDateTime(allow_none=True)


class EntregaConIntentosSchema(EntregaSchema):
    """A delivery and each time that it was tried."""

    lista_de_intentos = fields.List(fields.Nested(IntentoSchema), required=True)


class EntregasSchema(Schema):
    """A page of deliveries, the newest first."""

    entregas = fields.List(fields.Nested(EntregaSchema), required=True)
    siguiente = fields.UUID(allow_none=True)
