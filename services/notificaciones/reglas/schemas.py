"""What comes in and goes out of the rules of reminders; the same for JSON and form."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate

from notificaciones.plantillas.catalogo import Clave
from notificaciones.reglas.calculo import (
    CanalDeRegla,
    IdiomaDeRegla,
    Razon,
    Recordatorio,
    Ventana,
)
from notificaciones.reglas.ejemplos import Caso
from notificaciones.reglas.models import Origen
from oficina.web.names import is_a_name

_HORAS = 24 * 60
"""The furthest ahead that a rule may look, sixty days."""


def _una_linea(texto: str) -> None:
    if not texto.isprintable():
        raise ValidationError(_("El texto tiene caracteres que no se pueden guardar."))


def _hora(**options: Any) -> fields.Time:
    return fields.Time(format="%H:%M", metadata={"description": "Hora en Chile"}, **options)


class ReglaSchema(Schema):
    """What a rule says."""

    nombre = fields.String(
        required=True, validate=[validate.Length(min=3, max=80), _una_linea, is_a_name]
    )
    antes_horas = fields.Integer(required=True, validate=validate.Range(1, _HORAS))
    a_las = _hora(load_default=None, allow_none=True)
    desde = _hora(required=True)
    hasta = _hora(required=True)
    en_feriados = fields.Boolean(load_default=False)
    vispera = _hora(required=True)
    margen_horas = fields.Integer(required=True, validate=validate.Range(1, _HORAS))
    caduca_antes_horas = fields.Integer(required=True, validate=validate.Range(0, _HORAS))
    canal = fields.Enum(CanalDeRegla, by_value=True, required=True)
    otra_via = fields.Boolean(load_default=False)
    idioma = fields.Enum(IdiomaDeRegla, by_value=True, required=True)
    plantilla = fields.String(
        load_default=Clave.RECORDATORIO_CITA.value,
        validate=validate.Regexp(r"[a-z0-9_]{1,40}\Z", error=_l("Ese mensaje no es de una cita.")),
    )
    lugares = fields.List(
        fields.String(
            validate=validate.Regexp(r"[a-z0-9_]{1,40}\Z", error=_l("Elija uno de los lugares."))
        ),
        load_default=list,
        validate=validate.Length(max=20),
    )

    @post_load
    def _build(self, data: dict[str, Any], **_options: Any) -> Any:
        return _recordatorio(data)


class FormaSchema(ReglaSchema):
    """The same in the form, with the version that its writer saw and an appointment to try."""

    version = fields.Integer(load_default=None, allow_none=True)
    prueba_dia = fields.Date(load_default=None, allow_none=True)
    prueba_hora = _hora(load_default=None, allow_none=True)
    mover = fields.Boolean(load_default=False)

    @post_load
    def _build(self, data: dict[str, Any], **_options: Any) -> Any:
        propios = ("version", "prueba_dia", "prueba_hora", "mover")
        aparte = {name: data.pop(name) for name in propios}
        return {"dice": _recordatorio(data), **aparte}


class ReglaEnteraSchema(Schema):
    """A rule as its readers see it."""

    codigo = fields.String(required=True, attribute="clave")
    numero = fields.Integer(required=True)
    activa = fields.Boolean(required=True)
    dice = fields.Function(lambda una: en_campos(una.dice))


class VersionSchema(Schema):
    """One version of a rule."""

    numero = fields.Integer(required=True)
    activa = fields.Boolean(required=True)
    origen = fields.Enum(Origen, by_value=True, required=True)
    hecha_en = fields.AwareDateTime(required=True)
    hecha_por = fields.String(required=True)
    dice = fields.Function(lambda una: en_campos(una.recordatorio))


class PlanSchema(Schema):
    """When a reminder leaves."""

    enviar_en = fields.AwareDateTime(required=True)
    caduca_en = fields.AwareDateTime(required=True)


class EjemploSchema(Schema):
    """An appointment and what becomes of its reminder."""

    caso = fields.Enum(Caso, by_value=True, required=True)
    inicia_en = fields.AwareDateTime(required=True)
    plan = fields.Nested(PlanSchema, required=True)
    ya_paso = fields.Boolean(required=True)
    razon = fields.Enum(Razon, by_value=True, required=True)


class EsperaSchema(Schema):
    """What waits by a rule as it was before."""

    mueven = fields.Function(lambda espera: len(espera.mueven))
    quedan = fields.Integer(required=True)
    apagada = fields.Integer(required=True)


class MovidosSchema(Schema):
    """How many messages were moved, or withdrawn."""

    mensajes = fields.Integer(required=True)


def en_campos(dice: Recordatorio) -> dict[str, Any]:
    """What a rule says as the fields in which people write it."""
    escrito = dice.escrito()
    ventana: dict[str, Any] = escrito.pop("ventana")
    return escrito | ventana


def _recordatorio(data: dict[str, Any]) -> Recordatorio:
    ventana = Ventana(data.pop("desde"), data.pop("hasta"), data.pop("en_feriados"))
    return Recordatorio(ventana=ventana, **{**data, "lugares": frozenset(data["lugares"])})
