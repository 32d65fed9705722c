"""What comes in and goes out of safe contact; the same for JSON and form."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Texto
from casos.personas.models import CanalPreferido


@dataclass(frozen=True, kw_only=True)
class NuevoContactoSeguro:
    """How somebody asks to be reached."""

    canales_vedados: frozenset[CanalPreferido]
    desde: time | None
    hasta: time | None
    palabra_clave: str | None
    indicaciones: str | None

    @property
    def vacio(self) -> bool:
        """Whether it asks for no precaution at all."""
        return not any((self.canales_vedados, self.desde, self.palabra_clave, self.indicaciones))


class _Horario(Schema):
    desde = fields.Time(
        "%H:%M", load_default=None, allow_none=True, metadata={"description": "Hora de Chile"}
    )
    hasta = fields.Time("%H:%M", load_default=None, allow_none=True)


class NuevoContactoSeguroSchema(_Horario):
    """All of it, each time; what is left out is no precaution."""

    canales_vedados = fields.List(
        fields.Enum(CanalPreferido, by_value=True),
        load_default=list,
        validate=validate.Length(max=len(CanalPreferido)),
    )
    palabra_clave = Texto(load_default=None, allow_none=True, validate=validate.Length(max=60))
    indicaciones = Texto(load_default=None, allow_none=True, validate=validate.Length(max=1000))
    version = fields.Integer(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def _horas(self, data: dict[str, Any], **_kwargs: Any) -> None:
        desde, hasta = data["desde"], data["hasta"]
        if (desde is None) != (hasta is None):
            falta = "desde" if desde is None else "hasta"
            raise ValidationError(_("Indique las dos horas, o ninguna."), falta)
        if desde is not None and desde >= hasta:
            raise ValidationError(_("Debe ser más tarde que la primera hora."), "hasta")


class PedidoContactoSeguroSchema(NuevoContactoSeguroSchema):
    """The same over the API, where the version goes in If-Match."""

    class Meta:
        exclude = ("version",)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoContactoSeguro:
        return leer(data)


def leer(data: dict[str, Any]) -> NuevoContactoSeguro:
    """What a form or a request says."""
    vedados = frozenset(data.pop("canales_vedados"))
    return NuevoContactoSeguro(canales_vedados=vedados, **data)


class EntradaDeContactoSchema(_Horario):
    """One entry, and until when it held."""

    id = fields.UUID()
    canales_vedados = fields.List(fields.String())
    palabra_clave = fields.String(allow_none=True)
    indicaciones = fields.String(allow_none=True)
    puesto_en = fields.AwareDateTime()
    puesto_por = fields.String()
    terminado_en = fields.AwareDateTime(allow_none=True)
    terminado_por = fields.String()


class ContactoDePersonaSchema(_Horario):
    """What holds of somebody, and every entry, the newest first."""

    permitido = fields.Boolean()
    fallecida = fields.Boolean()
    no_contactar = fields.Boolean()
    canales_vedados = fields.List(fields.Enum(CanalPreferido, by_value=True), attribute="vedados")
    palabras_clave = fields.List(fields.String(), attribute="palabras")
    indicaciones = fields.List(fields.String())
    entradas = fields.List(fields.Nested(EntradaDeContactoSchema))
