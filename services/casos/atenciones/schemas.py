"""What comes in about an attention and what goes out; the same for JSON and form."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.atenciones.models import Canal, Resultado
from casos.campos import Texto
from casos.expedientes.models import Prioridad, TipoCaso
from casos.expedientes.schemas import es_tema
from casos.personas.catalogos import codigos_de_idioma, codigos_de_pais
from casos.personas.edades import RangoEtario
from casos.personas.schemas import PersonaResumenSchema
from oficina.web.forms import DIAS


@dataclass(frozen=True, kw_only=True)
class NuevaAtencion:
    """An attention that took place; without a person it is anonymous.

    It may belong to a case that is open. With the result «abre_caso» the last three say how the new
    one is opened.
    """

    canal: Canal
    tema: str
    resultado: Resultado
    persona_id: UUID | None = None
    caso_id: UUID | None = None
    idioma: str | None = None
    nota: str | None = None
    nacionalidad: str | None = None
    rango_etario: RangoEtario = RangoEtario.SIN_DATO
    tipo: TipoCaso | None = None
    prioridad: Prioridad | None = None
    responsable_id: UUID | None = None


def _es_pais(codigo: str) -> None:
    if codigo not in codigos_de_pais():
        raise ValidationError(_("No conocemos ese código de país."))


def _es_idioma(codigo: str) -> None:
    if codigo not in codigos_de_idioma():
        raise ValidationError(_("No conocemos ese código de idioma."))


class NuevaAtencionSchema(Schema):
    """An attention to record."""

    persona_id = fields.UUID(load_default=None, allow_none=True)
    caso_id = fields.UUID(load_default=None, allow_none=True)
    canal = fields.Enum(Canal, by_value=True, required=True)
    tema = fields.String(required=True, validate=es_tema)
    resultado = fields.Enum(Resultado, by_value=True, required=True)
    idioma = fields.String(load_default=None, allow_none=True, validate=_es_idioma)
    nota = Texto(load_default=None, allow_none=True, validate=validate.Length(max=4000))
    nacionalidad = fields.String(load_default=None, allow_none=True, validate=_es_pais)
    rango_etario = fields.Enum(RangoEtario, by_value=True, load_default=RangoEtario.SIN_DATO)
    tipo = fields.Enum(TipoCaso, by_value=True, load_default=None, allow_none=True)
    prioridad = fields.Enum(Prioridad, by_value=True, load_default=None, allow_none=True)
    responsable_id = fields.UUID(load_default=None, allow_none=True)

    @validates_schema
    def _caso_de_alguien(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("resultado") is Resultado.ABRE_CASO and not data.get("persona_id"):
            raise ValidationError(
                _("Para abrir un caso hay que registrar a la persona."), "resultado"
            )
        if data.get("caso_id") and not data.get("persona_id"):
            raise ValidationError(_("Un caso es de una persona: falta decir cuál."), "persona_id")
        if data.get("caso_id") and data.get("resultado") is Resultado.ABRE_CASO:
            raise ValidationError(_("Elija entre abrir un caso o seguir este."), "caso_id")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaAtencion:
        return NuevaAtencion(**data)


class FiltroAtencionesSchema(Schema):
    """Which attentions: of a day, of a person."""

    dia = fields.Date(load_default=None, validate=DIAS)
    persona_id = fields.UUID(load_default=None)
    pagina = fields.Integer(load_default=1, validate=validate.Range(1, 10_000))


class AtencionSchema(Schema):
    """An attention. `nota` is only there for whoever may read notes."""

    id = fields.UUID()
    persona = fields.Nested(PersonaResumenSchema, allow_none=True)
    caso_id = fields.UUID(allow_none=True)
    canal = fields.Enum(Canal, by_value=True)
    tema = fields.String()
    inicio = fields.AwareDateTime()
    con_hora = fields.Boolean(metadata={"description": "Si de `inicio` se sabe la hora"})
    funcionario_nombre = fields.String()
    idioma = fields.String(allow_none=True)
    resultado = fields.Enum(Resultado, by_value=True, allow_none=True)
    nacionalidad = fields.String(allow_none=True)
    rango_etario = fields.Enum(RangoEtario, by_value=True)
    nota = fields.String(allow_none=True)


class AtencionRegistradaSchema(AtencionSchema):
    """An attention as it was just written: whose it is, is told by id to who wrote it."""

    class Meta(AtencionSchema.Meta):
        """A person is read at their own address, which leaves a row of the audit."""

        exclude = ("persona",)

    persona_id = fields.UUID(allow_none=True)


class AtencionesSchema(Schema):
    """A page of attentions."""

    atenciones = fields.List(fields.Nested(AtencionSchema))
    total = fields.Integer()
    pagina = fields.Integer()
    paginas = fields.Integer()
