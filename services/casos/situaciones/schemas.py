"""What comes in and goes out of migratory status; the same for JSON and form."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Texto
from casos.situaciones.catalogo import categorias
from casos.situaciones.models import FuenteSituacion
from oficina.web.forms import DIAS


@dataclass(frozen=True, kw_only=True)
class NuevaSituacion:
    """What a person chose to tell of their migratory status."""

    prefiere_no_indicar: bool
    categoria: str | None
    numero_solicitud: str | None
    vigente_hasta: date | None
    nota: str | None
    fuente: FuenteSituacion


def _es_categoria(codigo: str) -> None:
    if codigo not in dict(categorias()):
        raise ValidationError(_("No conocemos esa categoría."))


class NuevaSituacionSchema(Schema):
    """Migratory status, told freely; «prefers not to say» is an answer."""

    prefiere_no_indicar = fields.Boolean(load_default=False)
    categoria = fields.String(load_default=None, allow_none=True, validate=_es_categoria)
    numero_solicitud = Texto(load_default=None, allow_none=True, validate=validate.Length(max=60))
    vigente_hasta = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    fuente = fields.Enum(FuenteSituacion, by_value=True, load_default=FuenteSituacion.DECLARADA)
    nota = Texto(load_default=None, allow_none=True, validate=validate.Length(max=1000))

    @validates_schema
    def _algo(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not data.get("categoria") and not data.get("prefiere_no_indicar"):
            raise ValidationError(
                _("Elija una categoría o marque que prefiere no indicarla."), "categoria"
            )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaSituacion:
        if data["prefiere_no_indicar"]:
            data |= dict.fromkeys(("categoria", "numero_solicitud", "vigente_hasta"))
        return NuevaSituacion(**data)


class SituacionSchema(Schema):
    """One telling."""

    id = fields.UUID()
    prefiere_no_indicar = fields.Boolean()
    categoria = fields.String(allow_none=True)
    numero_solicitud = fields.String(allow_none=True)
    vigente_hasta = fields.Date(allow_none=True, attribute="hasta")
    fuente = fields.Enum(FuenteSituacion, by_value=True)
    nota = fields.String(allow_none=True)
    registrada_en = fields.AwareDateTime()
    funcionario_nombre = fields.String()


class SituacionesSchema(Schema):
    """What somebody told, the newest first."""

    situaciones = fields.List(fields.Nested(SituacionSchema))
