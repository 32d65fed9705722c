"""What comes in about an application and what goes out; the same for JSON and form."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Pesos, Texto
from casos.personas.schemas import PersonaResumenSchema
from casos.programas.postulaciones.actions import (
    Comprobaciones,
    ConTexto,
    EdicionPostulacion,
    NuevaPostulacion,
    Rechazo,
)
from casos.programas.postulaciones.models import Comprobacion
from casos.programas.postulaciones.reglas import reglas
from casos.programas.postulaciones.states import Accion, Estado
from casos.programas.schemas import CASILLAS, RENGLONES, RequisitosSchema
from oficina.web.forms import DIAS

_TEXTO = validate.Length(max=2000)


class EdicionPostulacionSchema(Schema):
    """What may be corrected of a draft."""

    monto_clp = Pesos(required=True)
    detalle = Texto(required=True, validate=validate.Length(1, 2000))
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> EdicionPostulacion:
        return EdicionPostulacion(**data)


class PedidoSchema(Schema):
    """What somebody asks a programme for."""

    programa_id = fields.UUID(required=True)
    monto_clp = Pesos(required=True)
    detalle = Texto(required=True, validate=validate.Length(1, 2000))


class NuevaPostulacionSchema(PedidoSchema):
    """Somebody asks a programme for a benefit."""

    persona_id = fields.UUID(required=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaPostulacion:
        return NuevaPostulacion(**data)


class ComprobacionSchema(Schema):
    """What was found of one requirement."""

    codigo = fields.String(required=True, validate=validate.OneOf(CASILLAS))
    cumple = fields.Boolean(required=True)
    documento_el = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    nota = Texto(load_default="", validate=validate.Length(max=500))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Comprobacion:
        return Comprobacion(**data)


class ComprobacionesSchema(Schema):
    """What was found of the requirements; each once."""

    comprobaciones = fields.List(
        fields.Nested(ComprobacionSchema), required=True, validate=validate.Length(1, RENGLONES)
    )
    version = fields.Integer(load_default=None, allow_none=True)

    @validates_schema
    def _una_vez(self, data: dict[str, Any], **_kwargs: Any) -> None:
        codigos = [una.codigo for una in data.get("comprobaciones", ())]
        if len(codigos) != len(set(codigos)):
            raise ValidationError(_("Un requisito está dos veces."), "comprobaciones")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Comprobaciones:
        return Comprobaciones(**data)


class _EnCasillaSchema(Schema):
    cumple = fields.Boolean(
        required=True, error_messages={"required": _l("Diga si se cumple o no.")}
    )
    documento_el = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    nota = Texto(load_default="", validate=validate.Length(max=500))


class _EnCasillas(Schema):
    version = fields.Integer(load_default=None, allow_none=True)

    @validates_schema
    def _alguna(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not any(data.get(casilla) for casilla in CASILLAS):
            raise ValidationError(_("Compruebe al menos un requisito."), "r1.cumple")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Comprobaciones:
        return Comprobaciones(
            comprobaciones=[
                Comprobacion(codigo=casilla, **data[casilla])
                for casilla in CASILLAS
                if data.get(casilla)
            ],
            version=data["version"],
        )


ComprobacionesEnCasillasSchema = _EnCasillas.from_dict(
    {casilla: fields.Nested(_EnCasillaSchema) for casilla in CASILLAS},
    name="ComprobacionesEnCasillasSchema",
)


class PasoDePostulacionSchema(Schema):
    """A step, and what there is to say of it."""

    texto = Texto(load_default="", validate=_TEXTO)
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> ConTexto:
        return ConTexto(**data)


class PasoFundadoSchema(PasoDePostulacionSchema):
    """A step that says why."""

    texto = Texto(required=True, validate=validate.Length(1, 2000))


class RechazoDePostulacionSchema(Schema):
    """A refusal: a reason of the list, and why in words."""

    motivo = fields.String(required=True, validate=validate.OneOf(sorted(reglas().rechazos)))
    texto = Texto(required=True, validate=validate.Length(1, 2000))
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Rechazo:
        return Rechazo(**data)


class PostulacionResumenSchema(Schema):
    """An application in a list."""

    id = fields.UUID()
    folio = fields.String()
    persona = fields.Nested(PersonaResumenSchema)
    programa_id = fields.UUID()
    estado = fields.Enum(Estado, by_value=True)
    monto_clp = fields.Integer()
    en_espera_desde = fields.AwareDateTime(allow_none=True)
    creada_en = fields.AwareDateTime()


class PostulacionesSchema(Schema):
    """Applications of a list; `despues` is where the next ones begin, if there are more."""

    postulaciones = fields.List(fields.Nested(PostulacionResumenSchema))
    total = fields.Integer()
    despues = fields.String(allow_none=True)


class PasoVistoSchema(Schema):
    """A step that was taken; the first one has no action."""

    accion = fields.Enum(Accion, by_value=True, allow_none=True)
    estado = fields.Enum(Estado, by_value=True)
    texto = fields.String(allow_none=True)
    actor_nombre = fields.String()
    ocurrido_en = fields.AwareDateTime()


class RecursoSchema(Schema):
    """What can be done against a refusal, as it was told."""

    texto = fields.String()
    fuente = fields.String()


class DelHogarSchema(PostulacionResumenSchema):
    """The same of somebody else of the household."""

    periodo_desde = fields.Date(allow_none=True)


class PostulacionSchema(PostulacionResumenSchema):
    """An application, what was found, and how it came to be what it is."""

    detalle = fields.String(allow_none=True)
    periodo_desde = fields.Date(allow_none=True)
    caduca_el = fields.Date(allow_none=True)
    creada_por = fields.String()
    aprobada_por = fields.String()
    motivo_codigo = fields.String(allow_none=True)
    recurso = fields.Nested(RecursoSchema, allow_none=True)
    requisitos = fields.Nested(RequisitosSchema)
    comprobaciones = fields.List(fields.Nested(ComprobacionSchema))
    faltan = fields.List(fields.String())
    del_hogar = fields.List(
        fields.Nested(DelHogarSchema),
        metadata={"description": "Lo que pidieron o recibieron otras personas de su hogar"},
    )
    pasos = fields.List(fields.Nested(PasoVistoSchema))
    acciones = fields.List(fields.Enum(Accion, by_value=True))
    version = fields.Integer()
