"""What comes in about themes and what goes out; the same for JSON and form."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate

from casos.campos import Texto
from casos.subtemas.actions import EdicionSubtema, NuevoSubtema
from casos.taxonomia import taxonomia

LARGO = 80


def _es_tema_de_la_taxonomia(codigo: str) -> None:
    if codigo not in taxonomia().temas:
        raise ValidationError(_("No conocemos ese tema."))


class _Palabra(fields.String):
    """The last word of a code: capitals, digits and underscores."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            validate=validate.Regexp(
                r"[A-Z][A-Z0-9_]{1,15}\Z",
                error=_("De 2 a 16 letras mayúsculas sin acento, números o guion bajo."),
            ),
            **kwargs,
        )

    def _deserialize(self, *args: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(*args, **kwargs)).strip().upper()


class EtiquetasDeTemaSchema(Schema):
    """How it is called; what is left out is said in Spanish."""

    es = Texto(required=True, validate=validate.Length(1, LARGO))
    ht = Texto(load_default="", validate=validate.Length(max=LARGO))
    en = Texto(load_default="", validate=validate.Length(max=LARGO))
    pt = Texto(load_default="", validate=validate.Length(max=LARGO))
    fr = Texto(load_default="", validate=validate.Length(max=LARGO))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, str]:
        return {idioma: texto for idioma, texto in data.items() if texto}


class NuevoSubtemaSchema(Schema):
    """A sub-theme to add."""

    padre = fields.String(required=True, validate=_es_tema_de_la_taxonomia)
    palabra = _Palabra(required=True)
    etiquetas = fields.Nested(EtiquetasDeTemaSchema, required=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoSubtema:
        return NuevoSubtema(**data)


class EdicionSubtemaSchema(Schema):
    """What may be changed of one."""

    etiquetas = fields.Nested(EtiquetasDeTemaSchema, required=True)
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> EdicionSubtema:
        return EdicionSubtema(**data)


class VersionDeSubtemaSchema(Schema):
    """What a button sends along: the version that its page showed."""

    version = fields.Integer(required=True)


class SubtemaSchema(Schema):
    """A sub-theme of the office."""

    id = fields.UUID()
    codigo = fields.String()
    padre = fields.String()
    etiquetas = fields.Dict(fields.String(), fields.String())
    creado_en = fields.AwareDateTime()
    creado_por = fields.String()
    retirado_en = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class TemaSchema(Schema):
    """A theme of the taxonomy, with what it suggests."""

    codigo = fields.String()
    etiquetas = fields.Dict(fields.String(), fields.String())
    linea = fields.String()
    tipo_caso = fields.String()
    prioridad = fields.String()
    confidencialidad = fields.String()
    servicios = fields.List(fields.String())
    base_licitud = fields.String()
    relojes = fields.List(fields.String())
    gravity = fields.List(
        fields.String(), metadata={"description": "Categorías SDOH de Gravity (HL7)"}
    )
    reemplazo = fields.String(allow_none=True)


class TaxonomiaSchema(Schema):
    """The version in force, every code that was ever given, and the office's own."""

    version = fields.String()
    fuente = fields.String()
    idiomas = fields.List(fields.String())
    versiones = fields.Dict(fields.String(), fields.List(fields.String()))
    lineas = fields.Dict(fields.String(), fields.Dict(fields.String(), fields.String()))
    servicios = fields.Dict(fields.String(), fields.Dict(fields.String(), fields.String()))
    temas = fields.List(fields.Nested(TemaSchema))
    retirados = fields.List(fields.Nested(TemaSchema))
    subtemas = fields.List(fields.Nested(SubtemaSchema))
