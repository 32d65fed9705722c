"""What is asked of a service's audit and what it answers."""

from ipaddress import ip_address
from typing import Any, get_args

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from oficina.actor import TipoActor
from oficina.cadena.lectura import Filtro, Lugar
from oficina.cadena.verify import Que
from oficina.web.bus.schemas import momento

MAXIMO = 500
"""Rows on one page."""


class LugarEscrito(fields.String):
    """Where a page begins."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        try:
            return Lugar.leer(text)
        except ValueError as error:
            raise ValidationError(_("No es un cursor de esta página.")) from error


class Direccion(fields.String):
    """An IP address, of either version, as the audit writes it."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return str(ip_address(super()._deserialize(value, *args, **kwargs)))
        except ValueError as error:
            raise ValidationError(_("No es una dirección IP.")) from error


def codigo(largo: int) -> fields.String:
    """An action or the kind of a thing, as it is written."""
    known = validate.Regexp(r"^[a-z0-9_.-]+$", error=_l("Es un código, en minúsculas."))
    return fields.String(load_default=None, validate=[validate.Length(max=largo), known])


def tipo_de_actor() -> fields.String:
    """A person of the staff, a program or an institution, or the office by itself."""
    return fields.String(load_default=None, validate=validate.OneOf(get_args(TipoActor)))


class FiltroSchema(Schema):
    """Which rows; all narrow together."""

    actor_id = fields.UUID(load_default=None)
    actor_tipo = tipo_de_actor()
    accion = codigo(100)
    recurso = codigo(60)
    recurso_id = fields.UUID(load_default=None)
    correlation_id = fields.UUID(load_default=None)
    sesion_id = fields.UUID(load_default=None)
    direccion = Direccion(load_default=None)
    desde = momento()
    hasta = momento()
    antes = LugarEscrito(
        load_default=None, metadata={"description": "`siguiente` de la página anterior"}
    )
    limite = fields.Integer(load_default=50, validate=validate.Range(min=1, max=MAXIMO))

    @post_load
    def build(self, data: dict[str, Any], **_options: Any) -> tuple[Filtro, int]:
        """The rows and the size of the page."""
        limite = data.pop("limite")
        return Filtro(**data), limite


class _Answer(Schema):
    class Meta:
        """A service of a later version may say more."""

        unknown = EXCLUDE


class AnotacionSchema(_Answer):
    """A row of the audit, without anything that somebody wrote."""

    id = fields.UUID(required=True)
    ocurrida_en = fields.AwareDateTime(required=True)
    actor_id = fields.UUID(required=True)
    actor_tipo = fields.String(required=True)
    actor_nombre = fields.String(required=True)
    accion = fields.String(required=True)
    recurso = fields.String(required=True)
    recurso_id = fields.UUID(required=True, allow_none=True)
    cantidad = fields.Integer(required=True, allow_none=True)
    motivo_codigo = fields.String(required=True, allow_none=True)
    con_motivo = fields.Boolean(required=True)
    correlation_id = fields.String(required=True)
    direccion = fields.String(required=True, allow_none=True)
    sesion_id = fields.UUID(required=True, allow_none=True)
    secuencia = fields.Integer(required=True, allow_none=True)
    hash = fields.String(required=True, allow_none=True)
    sellada_en = fields.AwareDateTime(required=True, allow_none=True)


class AnotacionesSchema(_Answer):
    """A page of rows, newest first."""

    servicio = fields.String(required=True)
    anotaciones = fields.List(fields.Nested(AnotacionSchema), required=True)
    siguiente = fields.String(required=True, allow_none=True)


class RoturaSchema(_Answer):
    """The first broken link that was found."""

    que = fields.Enum(Que, by_value=True, required=True)
    secuencia = fields.Integer(required=True, allow_none=True)
    auditoria_id = fields.UUID(required=True, allow_none=True)


class CadenaSchema(_Answer):
    """How a service's chain is: its end, what waits, the last head that left, and what is wrong."""

    servicio = fields.String(required=True)
    secuencia = fields.Integer(required=True)
    hash = fields.String(required=True)
    sellada_en = fields.AwareDateTime(required=True, allow_none=True)
    por_sellar = fields.Integer(required=True)
    revisados = fields.Integer(required=True, metadata={"description": "Eslabones releídos"})
    cabeza_firmada_en = fields.AwareDateTime(required=True, allow_none=True)
    cabeza_firmada_hasta = fields.Integer(required=True, allow_none=True)
    rotura = fields.Nested(RoturaSchema, required=True, allow_none=True)


class CabezaSchema(_Answer):
    """The end of the chain, signed."""

    servicio = fields.String(required=True)
    firmada = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "JWS compacto (Ed25519); nulo si nada se ha sellado"},
    )
