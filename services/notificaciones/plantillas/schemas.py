"""What comes in and goes out of templates; the same for JSON and form."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate

from notificaciones.mensajes.schemas import ClaveField, SegmentosSchema
from notificaciones.mensajes.sms import Tildes
from notificaciones.mensajes.states import Prioridad
from notificaciones.plantillas.actions import PROPIA, Contenido, NuevaPlantilla
from notificaciones.plantillas.catalogo import Ajustes, Canal, Tema, idiomas
from notificaciones.plantillas.models import AJUSTES, DIAS, Origen
from notificaciones.plantillas.motor import NOMBRE, Tipo, Variable
from oficina.web.names import is_a_name

LARGOS = {"sms": 1000, "asunto": 200, "correo": 10_000}
"""The longest text of each part, as it is written."""

_LARGO_DE_TEXTO = 160
_VARIABLES = 20
_DE_LISTA = _l("Elija una de la lista.")
_LINEA = re.compile(
    rf"\s*(?P<nombre>{NOMBRE.pattern})\s*:\s*(?P<tipo>[a-z_]+)"
    r"(?:\s+(?P<largo>\d{1,4}))?(?P<opcional>\s+opcional)?\s*(?:=\s*(?P<ejemplo>.{0,200}))?"
)


class EscritoField(fields.String):
    """A text of a template: lines end alike everywhere, and a letter is one character."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        texto = super()._deserialize(value, *args, **options)
        lineas = texto.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        return unicodedata.normalize("NFC", lineas).strip()


class PartesSchema(Schema):
    """What a message says in one language."""

    sms = EscritoField(validate=validate.Length(max=LARGOS["sms"]), allow_none=True)
    asunto = EscritoField(validate=validate.Length(max=LARGOS["asunto"]), allow_none=True)
    correo = EscritoField(validate=validate.Length(max=LARGOS["correo"]), allow_none=True)

    @post_load
    def _solo_escritas(self, data: dict[str, Any], **_options: Any) -> dict[str, str]:
        return {parte: texto for parte, texto in data.items() if texto}


TextosSchema = Schema.from_dict(
    {idioma: fields.Nested(PartesSchema) for idioma in idiomas()}, name="Textos"
)


class AjustesSchema(Schema):
    """How the messages of a template are treated."""

    no_duplicar = fields.Boolean(required=True)
    respeta_ventana = fields.Boolean(required=True)
    prioridad = fields.Enum(
        Prioridad, by_value=True, required=True, error_messages={"unknown": _DE_LISTA}
    )
    tema = fields.Enum(Tema, by_value=True, required=True, error_messages={"unknown": _DE_LISTA})
    por_ley = EscritoField(load_default="", validate=validate.Length(max=500))
    retencion_dias = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(DIAS[0], DIAS[-1], error=_l("Entre 3 y 90 días.")),
    )
    tildes = fields.Enum(
        Tildes,
        by_value=True,
        load_default=None,
        allow_none=True,
        error_messages={"unknown": _DE_LISTA},
    )


class ContenidoDePlantillaSchema(AjustesSchema):
    """A version: its texts and how its messages are treated."""

    textos = fields.Nested(TextosSchema, required=True)

    @post_load
    def _build(self, data: dict[str, Any], **_options: Any) -> Any:
        return {"contenido": _contenido(data), **data}


class VariableSchema(Schema):
    """What a text may name."""

    nombre = fields.String(
        required=True,
        validate=validate.Regexp(
            rf"{NOMBRE.pattern}\Z",
            error=_l("Minúsculas sin tilde, números y guion bajo; empieza con una letra."),
        ),
    )
    tipo = fields.Enum(Tipo, by_value=True, required=True, error_messages={"unknown": _DE_LISTA})
    opcional = fields.Boolean(load_default=False)
    largo = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(1, LARGOS["sms"])
    )
    ejemplo = EscritoField(load_default="", validate=validate.Length(max=200))


class VariablesEscritasField(fields.String):
    """Declared variables, one a line: `lugar: texto 80 opcional = en la plaza`."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        leidas = leer_variables(super()._deserialize(value, *args, **options))
        malas = [una["nombre"] for una in leidas if VariableSchema().validate(una)]
        if malas or len(leidas) > _VARIABLES:
            datos = ", ".join(malas) or f"{len(leidas)} > {_VARIABLES}"
            raise ValidationError(_("Revise el tipo y el largo de: %(datos)s.", datos=datos))
        return VariableSchema(many=True).load(leidas)


def leer_variables(texto: str) -> list[dict[str, Any]]:
    """Declarations as people write them, one a line."""
    leidas = []
    for linea in filter(None, map(str.strip, texto.splitlines())):
        hallada = _LINEA.fullmatch(linea)
        if hallada is None:
            raise ValidationError(
                _(
                    "No entendemos «%(linea)s»: escriba un dato por línea, como «lugar: texto 80 = "
                    "en la plaza».",
                    linea=linea[:80],
                )
            )
        leidas.append(
            {
                "nombre": hallada["nombre"],
                "tipo": hallada["tipo"],
                "largo": int(hallada["largo"]) if hallada["largo"] else None,
                "opcional": hallada["opcional"] is not None,
                "ejemplo": hallada["ejemplo"] or "",
            }
        )
    return leidas


class NuevaPlantillaSchema(ContenidoDePlantillaSchema):
    """A template of the office's own."""

    clave = fields.String(
        required=True,
        validate=validate.Regexp(
            rf"(?!{PROPIA})[a-z][a-z0-9_]{{1,30}}\Z",
            error=_l("De 2 a 31 minúsculas sin tilde, números y guion bajo."),
        ),
    )
    nombre = fields.String(required=True, validate=[validate.Length(min=2, max=120), is_a_name])
    canales = fields.List(
        fields.Enum(Canal, by_value=True, error_messages={"unknown": _DE_LISTA}),
        required=True,
        validate=validate.Length(min=1, error=_l("Elija al menos un canal.")),
    )
    variables: fields.Field[Any] = fields.List(
        fields.Nested(VariableSchema), load_default=list, validate=validate.Length(max=_VARIABLES)
    )

    @post_load
    def _build(self, data: dict[str, Any], **_options: Any) -> Any:
        return {"nueva": armar_nueva(data)}


def armar_nueva(data: Mapping[str, Any]) -> NuevaPlantilla:
    """What somebody wants to make. Raises ValidationError for a variable that is there twice."""
    variables: dict[str, Variable] = {}
    for una in data["variables"]:
        if una["nombre"] in variables:
            raise ValidationError(
                {"variables": [_("«%(nombre)s» está dos veces.", nombre=una["nombre"])]}
            )
        es_texto = una["tipo"] is Tipo.TEXTO
        variables[una["nombre"]] = Variable(
            una["tipo"],
            una["opcional"],
            (una["largo"] or _LARGO_DE_TEXTO) if es_texto else None,
            una["ejemplo"],
        )
    return NuevaPlantilla(
        clave=data["clave"],
        nombre=data["nombre"],
        canales=frozenset(data["canales"]),
        variables=variables,
        contenido=_contenido(dict(data)),
    )


def _contenido(data: dict[str, Any]) -> Contenido:
    ajustes = Ajustes(**{campo: data.pop(campo) for campo in AJUSTES})
    textos = {idioma: partes for idioma, partes in data.pop("textos").items() if partes}
    return Contenido(textos=textos, ajustes=ajustes)


class NuevaPlantillaFormaSchema(NuevaPlantillaSchema):
    """The same as a form sends it: a box that is not ticked is not sent."""

    no_duplicar = fields.Boolean(load_default=False)
    respeta_ventana = fields.Boolean(load_default=False)
    textos = fields.Nested(TextosSchema, load_default=dict)
    variables = VariablesEscritasField(load_default=list)


class EdicionFormaSchema(ContenidoDePlantillaSchema):
    """A version as a form sends it, with the one that its writer saw."""

    no_duplicar = fields.Boolean(load_default=False)
    respeta_ventana = fields.Boolean(load_default=False)
    textos = fields.Nested(TextosSchema, load_default=dict)
    version = fields.Integer(required=True)


class VariableDeclaradaSchema(VariableSchema):
    """A variable, and whether every text names it."""

    imprescindible = fields.Boolean(required=True)


class PlantillaSchema(AjustesSchema):
    """A template as it is in force."""

    clave = ClaveField(required=True)
    nombre = fields.String(required=True)
    propia = fields.Boolean(required=True)
    retirada = fields.Boolean(required=True)
    canales = fields.List(fields.Enum(Canal, by_value=True), required=True)
    variables = fields.List(fields.Nested(VariableDeclaradaSchema), required=True)
    textos = fields.Nested(TextosSchema, required=True)
    numero = fields.Integer(required=True, metadata={"description": "La versión que está en uso"})
    mas_nueva = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "La versión que trajo el programa después de la de la oficina"},
    )
    idiomas_sin_texto = fields.List(fields.String(), required=True)
    version = fields.Integer(required=True)


class VersionDePlantillaSchema(AjustesSchema):
    """What a template says from a moment on."""

    numero = fields.Integer(required=True)
    origen = fields.Enum(Origen, by_value=True, required=True)
    restituye = fields.Integer(required=True, allow_none=True)
    publicada_en = fields.AwareDateTime(required=True)
    publicada_por = fields.String(required=True)
    textos = fields.Nested(TextosSchema, required=True)


class PedidoDePreviaSchema(Schema):
    """What to read a template with: texts that are not published yet, and values.

    Values that are missing are examples; those of an appointment are real.
    """

    textos = fields.Nested(TextosSchema, load_default=None)
    tildes = fields.Enum(Tildes, by_value=True, load_default=None, allow_none=True)
    valores = fields.Dict(
        keys=fields.String(validate=validate.Length(max=40)),
        values=fields.Raw(allow_none=True),
        load_default=dict,
        validate=validate.Length(max=_VARIABLES),
    )
    cita_id = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        if data["textos"] is not None:
            data["textos"] = {idioma: uno for idioma, uno in data["textos"].items() if uno}
        return data


class LecturaSchema(Schema):
    """What a reader of one language would get by one channel."""

    idioma = fields.String(required=True)
    usado = fields.String(required=True, metadata={"description": "El idioma del texto que se usó"})
    canal = fields.Enum(Canal, by_value=True, required=True)
    asunto = fields.String(required=True, allow_none=True)
    cuerpo = fields.String(required=True)
    segmentos = fields.Nested(SegmentosSchema, required=True, allow_none=True)
    sin_nombrar = fields.List(fields.String(), required=True)


class PreviaDePlantillaSchema(Schema):
    """A template as it would be read."""

    idioma_de_la_persona = fields.String(required=True, allow_none=True)
    lecturas = fields.List(fields.Nested(LecturaSchema), required=True)
