"""What comes in about sheets and orientations and what goes out; the same for JSON and form."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Texto
from casos.expedientes.schemas import es_tema
from casos.orientaciones.actions import NuevaFicha, OrientacionPorDar, TextosDeFicha
from casos.orientaciones.models import Comprendida, Entrega, Revision, Vigencia
from casos.orientaciones.states import Accion, Estado
from casos.taxonomia import LENGUAS
from oficina.web.forms import DIAS


class HojaDeFichaSchema(Schema):
    """What a sheet says in one language: both, or neither."""

    titulo = Texto(load_default="", validate=validate.Length(max=120))
    texto = Texto(load_default="", validate=validate.Length(max=6000))

    @validates_schema
    def _entera(self, data: dict[str, Any], **_kwargs: Any) -> None:
        for uno, otro in (("titulo", "texto"), ("texto", "titulo")):
            if data.get(uno) and not data.get(otro):
                raise ValidationError(_("Escriba el título y el texto, o ninguno."), otro)


class HojaEnEspanolSchema(Schema):
    """What every sheet says."""

    titulo = Texto(required=True, validate=validate.Length(1, 120))
    texto = Texto(required=True, validate=validate.Length(1, 6000))


class TextosDeFichaSchema(Schema):
    """What a sheet says, by language."""

    es = fields.Nested(HojaEnEspanolSchema, required=True)
    ht = fields.Nested(HojaDeFichaSchema, load_default=None)
    en = fields.Nested(HojaDeFichaSchema, load_default=None)
    pt = fields.Nested(HojaDeFichaSchema, load_default=None)
    fr = fields.Nested(HojaDeFichaSchema, load_default=None)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, dict[str, str]]:
        return {idioma: data[idioma] for idioma in LENGUAS if (data[idioma] or {}).get("texto")}


class _CuerpoSchema(Schema):
    temas = fields.List(
        fields.String(validate=es_tema), required=True, validate=validate.Length(1, 12)
    )
    textos = fields.Nested(TextosDeFichaSchema, required=True)
    fuente = Texto(required=True, validate=validate.Length(1, 500))
    fuente_el = fields.Date(load_default=None, allow_none=True, validate=DIAS)


class NuevaFichaSchema(_CuerpoSchema):
    """A sheet that there was not."""

    codigo = fields.String(
        required=True,
        validate=validate.Regexp(
            r"[a-z][a-z0-9-]{2,39}\Z",
            error=_("De 3 a 40 letras minúsculas sin acento, números o guiones."),
        ),
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaFicha:
        return NuevaFicha(**data)


class EdicionFichaSchema(_CuerpoSchema):
    """What a draft says from now on."""

    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> TextosDeFicha:
        return TextosDeFicha(**data)


class PublicacionDeFichaSchema(Schema):
    """A review: by whom, and how long it holds."""

    revisada_por = Texto(required=True, validate=validate.Length(1, 120))
    vigente_desde = fields.Date(required=True, validate=DIAS)
    vigente_hasta = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    revisar_el = fields.Date(required=True, validate=DIAS)
    confirmada = fields.Boolean(load_default=False)
    version = fields.Integer(load_default=None, allow_none=True)

    @validates_schema
    def _cierto(self, data: dict[str, Any], **_kwargs: Any) -> None:
        desde: date | None = data.get("vigente_desde")
        for campo in ("vigente_hasta", "revisar_el"):
            if desde and data.get(campo) and data[campo] < desde:
                raise ValidationError(_("Es anterior al comienzo."), campo)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> tuple[Revision, int | None]:
        version = data.pop("version")
        por_confirmar = not data.pop("confirmada")
        return Revision(**data, por_confirmar=por_confirmar), version


class RetiroDeFichaSchema(Schema):
    """Why a sheet is withdrawn."""

    motivo = Texto(required=True, validate=validate.Length(1, 500))
    version = fields.Integer(load_default=None, allow_none=True)


class OrientacionPorDarSchema(Schema):
    """A sheet to give, in an attention or in a case."""

    ficha_id = fields.UUID(required=True)
    idioma = fields.String(required=True, validate=validate.OneOf(list(LENGUAS)))
    comprendida = fields.Enum(Comprendida, by_value=True, load_default=Comprendida.SIN_DATO)
    entrega = fields.Enum(Entrega, by_value=True, required=True)
    tema = fields.String(load_default=None, allow_none=True, validate=es_tema)
    atencion_id = fields.UUID(load_default=None, allow_none=True)
    caso_id = fields.UUID(load_default=None, allow_none=True)
    nota = Texto(load_default=None, allow_none=True, validate=validate.Length(max=4000))
    version = fields.Integer(
        load_default=None, allow_none=True, metadata={"description": "Del caso, si es de un caso"}
    )

    @validates_schema
    def _de_algo(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if bool(data.get("atencion_id")) == bool(data.get("caso_id")):
            raise ValidationError(
                _("Una orientación se da en una atención o en un caso: indique uno."), "atencion_id"
            )
        if data.get("nota") and not data.get("caso_id"):
            raise ValidationError(_("Solo la historia de un caso guarda una nota."), "nota")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> OrientacionPorDar:
        return OrientacionPorDar(**data)


class FiltroFichasSchema(Schema):
    """With `todas`, the withdrawn too; with a theme, those that may be given today."""

    todas = fields.Boolean(load_default=False)
    tema = fields.String(load_default=None)


class FichaSchema(Schema):
    """A version of a sheet."""

    id = fields.UUID()
    codigo = fields.String()
    numero = fields.Integer()
    temas = fields.List(fields.String())
    textos = fields.Dict(fields.String(), fields.Dict(fields.String(), fields.String()))
    fuente = fields.String()
    fuente_el = fields.Date(allow_none=True)
    por_confirmar = fields.Boolean()
    estado = fields.Enum(Estado, by_value=True)
    vigencia = fields.Enum(Vigencia, by_value=True)
    vigente_desde = fields.Date(allow_none=True)
    vigente_hasta = fields.Date(allow_none=True)
    revisar_el = fields.Date(allow_none=True)
    revisada_por = fields.String()
    editada_por = fields.String()
    editada_en = fields.AwareDateTime()
    publicada_en = fields.AwareDateTime(allow_none=True)
    retirada_en = fields.AwareDateTime(allow_none=True)
    retiro_motivo = fields.String(allow_none=True)
    acciones = fields.List(fields.Enum(Accion, by_value=True))
    version = fields.Integer()


class FichasSchema(Schema):
    """Several sheets."""

    fichas = fields.List(fields.Nested(FichaSchema))


class OrientacionSchema(Schema):
    """What was given: ids and codes."""

    id = fields.UUID()
    folio = fields.String()
    ficha_id = fields.UUID()
    tema = fields.String()
    idioma = fields.String(allow_none=True)
    comprendida = fields.Enum(Comprendida, by_value=True)
    entrega = fields.Enum(Entrega, by_value=True)
    atencion_id = fields.UUID(allow_none=True)
    caso_id = fields.UUID(allow_none=True)
    dada_en = fields.AwareDateTime()
    funcionario_nombre = fields.String()
    enlace = fields.String(metadata={"description": "La hoja, sin nada de la persona"})
