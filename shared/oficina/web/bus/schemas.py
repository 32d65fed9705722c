"""What is asked of a service's bus and what it answers; the form of the page reads the same."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
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

from oficina.bus.replay import Alcance, Tramo
from oficina.bus.tables import Estado
from oficina.settings import SERVICES
from oficina.web.forms import MOMENTOS

MAXIMO = 200
"""Facts on one page of a list."""
LIMITE = 500
"""Facts that one request runs again, or a few more; its answer says where to go on."""


def _is_text(texto: str) -> None:
    """No database keeps a NUL, and nobody types the other control characters but a new line."""
    if not texto.replace("\r\n", "\n").replace("\n", " ").isprintable():
        raise ValidationError(_("El texto tiene caracteres que no se pueden guardar."))


def nota(*, required: bool) -> fields.String:
    """Why it is done. It stays in the audit and, of what is skipped, beside the fact."""
    rules: list[Callable[[Any], Any]] = [
        validate.Length(min=3, max=300, error=_l("Escriba entre 3 y 300 caracteres.")),
        _is_text,
    ]
    if required:
        return fields.String(required=True, validate=rules)
    return fields.String(load_default="", validate=rules)


def momento(description: str = "") -> fields.AwareDateTime:
    """A moment, if any."""
    return fields.AwareDateTime(
        load_default=None,
        validate=MOMENTOS,
        metadata={"description": description} if description else {},
    )


def tipo() -> fields.String:
    """The routing key of a fact."""
    return fields.String(load_default=None, validate=validate.Length(max=120))


class EventosConsultaSchema(Schema):
    """Which facts of the inbox; without `estado`, those that are not done."""

    estado = fields.Enum(Estado, by_value=True, load_default=None)
    tipo = tipo()
    fallidos = fields.Boolean(
        load_default=False, metadata={"description": "Solo los que fallaron alguna vez"}
    )
    antes = fields.Integer(
        load_default=None,
        validate=validate.Range(min=1, max=2**63 - 1),
        metadata={"description": "`siguiente` de la página anterior"},
    )
    limite = fields.Integer(load_default=50, validate=validate.Range(min=1, max=MAXIMO))


class _Answer(Schema):
    class Meta:
        """A service of a later version may say more."""

        unknown = EXCLUDE


class ResumenDelBusSchema(_Answer):
    """How a service's bus is doing; ages in seconds."""

    por_publicar = fields.Integer(required=True)
    edad_por_publicar = fields.Float(required=True)
    por_hacer = fields.Integer(required=True)
    edad_por_hacer = fields.Float(required=True)
    reintentando = fields.Integer(required=True)
    muertos = fields.Integer(required=True)


class FallidosDeTipoSchema(_Answer):
    """How many facts of a type failed and are not done."""

    tipo = fields.String(required=True)
    reintentando = fields.Integer(required=True)
    muertos = fields.Integer(required=True)


class EventoRecibidoSchema(_Answer):
    """A fact in the inbox, without its data."""

    evento_id = fields.UUID(required=True)
    tipo = fields.String(required=True)
    agregado = fields.String(required=True)
    secuencia = fields.Integer(required=True)
    estado = fields.Enum(Estado, by_value=True, required=True)
    intentos = fields.Integer(required=True)
    visible = fields.AwareDateTime(required=True)
    error = fields.String(allow_none=True, required=True)
    recibido = fields.AwareDateTime(required=True)
    hecho_en = fields.AwareDateTime(allow_none=True, required=True)
    detenidos = fields.Integer(required=True)


class PanoramaSchema(_Answer):
    """What waits, what failed and why."""

    servicio = fields.String(required=True)
    resumen = fields.Nested(ResumenDelBusSchema, required=True)
    fallidos = fields.List(fields.Nested(FallidosDeTipoSchema), required=True)
    eventos = fields.List(fields.Nested(EventoRecibidoSchema), required=True)
    siguiente = fields.Integer(allow_none=True, required=True)


class IntervencionSchema(_Answer):
    """What somebody did about a fact."""

    cuando = fields.AwareDateTime(required=True)
    quien = fields.String(required=True)
    accion = fields.String(required=True)
    motivo = fields.String(allow_none=True, required=True)


class EventoAbiertoSchema(_Answer):
    """A fact with its envelope, the ids in its data unless it is reserved (the rest is «***»), and
    what was done about it.
    """

    evento = fields.Nested(EventoRecibidoSchema, required=True)
    sobre = fields.Dict(keys=fields.String(), required=True)
    datos = fields.Dict(keys=fields.String(), allow_none=True, required=True)
    historia = fields.List(fields.Nested(IntervencionSchema), required=True)


class ReintentoSchema(Schema):
    """Try again what failed: all of a type, or all."""

    tipo = tipo()
    nota = nota(required=False)


class SaltoSchema(Schema):
    """Why a fact is skipped."""

    nota = nota(required=True)


class DetencionSchema(Schema):
    """Why a fact is parked."""

    nota = nota(required=True)


class ReintentoDeUnoSchema(Schema):
    """Why a fact is tried again, if somebody wants to say it."""

    nota = nota(required=False)


class CuantosSchema(_Answer):
    """How many facts it was about."""

    cuantos = fields.Integer(required=True)


def check_span(data: dict[str, Any]) -> None:
    """Something must narrow, and a span must have a length. Raises ValidationError."""
    narrows = ("evento_id", "tipo", "desde", "hasta")
    if all(data.get(name) is None for name in narrows):
        raise ValidationError(_("Diga de qué tipo, o desde o hasta cuándo."), "tipo")
    desde, hasta = data.get("desde"), data.get("hasta")
    if desde is not None and hasta is not None and hasta <= desde:
        raise ValidationError(_("Debe ser posterior al comienzo."), "hasta")
    productor, elegido = data.get("productor"), data.get("tipo")
    if productor and elegido and elegido.partition(".")[0] != productor:
        raise ValidationError(_("Ese servicio no cuenta hechos de este tipo."), "tipo")


class TramoSchema(Schema):
    """Facts of a type, of a span of time, or both."""

    tipo = tipo()
    desde = momento()
    hasta = momento()

    @validates_schema
    def _narrows(self, data: dict[str, Any], **_options: Any) -> None:
        check_span(data)


class EnviadosConsultaSchema(TramoSchema):
    """Which facts that were told, and after which aggregate."""

    despues = fields.String(load_default="", validate=validate.Length(max=120))

    @post_load
    def build(self, data: dict[str, Any], **_options: Any) -> tuple[Tramo, str]:
        """The facts, and where the page begins."""
        despues = data.pop("despues")
        return Tramo(**data), despues


class CuentaConsultaSchema(TramoSchema):
    """Which facts to count."""

    @post_load
    def build(self, data: dict[str, Any], **_options: Any) -> Tramo:
        """The facts."""
        return Tramo(**data)


class CuentaAjenaSchema(TramoSchema):
    """Which facts of another service this one would hear again."""

    productor = fields.String(required=True, validate=validate.OneOf(SERVICES))


class EnviadosSchema(Schema):
    """Facts that a service told."""

    eventos = fields.List(fields.Dict(keys=fields.String()), required=True)
    siguiente = fields.String(allow_none=True, required=True)


class EnviadosPorTipoSchema(Schema):
    """How many facts of each type a service told."""

    por_tipo = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


@dataclass(frozen=True, kw_only=True)
class Repeticion:
    """Facts to run once more, from whom, and how far this time."""

    productor: str | None
    tramo: Tramo
    alcance: Alcance
    nota: str


class RepeticionSchema(TramoSchema):
    """Run facts once more: one, those of a type, those of a span; own, or as another told them."""

    evento_id = fields.UUID(load_default=None)
    productor = fields.String(
        load_default=None,
        validate=validate.OneOf(SERVICES),
        metadata={"description": "Sin él, los que este servicio ya tiene"},
    )
    iniciado = momento("Lo que se hizo desde este momento no se hace otra vez")
    despues = fields.String(
        load_default="",
        validate=validate.Length(max=120),
        metadata={"description": "`siguiente` de la respuesta anterior"},
    )
    nota = nota(required=True)

    @validates_schema
    def _one_or_from_somebody(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get("evento_id") and data.get("productor"):
            raise ValidationError(_("De otro servicio se piden tipos o lapsos."), "evento_id")

    @post_load
    def build(self, data: dict[str, Any], **_options: Any) -> Repeticion:
        """What to run again."""
        names: tuple[str, ...] = ("evento_id", "tipo", "desde", "hasta")
        tramo: dict[str, UUID | str | datetime | None] = {name: data[name] for name in names}
        return Repeticion(
            productor=data["productor"],
            tramo=Tramo(**tramo),  # type: ignore[arg-type]  # each name has its field's type
            alcance=Alcance(iniciado=data["iniciado"], despues=data["despues"], limite=LIMITE),
            nota=data["nota"],
        )


class VueltaSchema(_Answer):
    """How many facts will run again, and where to go on."""

    cuantos = fields.Integer(required=True)
    siguiente = fields.String(allow_none=True, required=True)
