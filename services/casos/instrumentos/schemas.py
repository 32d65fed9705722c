"""What is told of instruments and of evaluations, and the sheet that a browser sends."""

from typing import Any

from marshmallow import Schema, fields

from casos.campos import Texto
from casos.expedientes.models import Riesgo, TipoCaso
from casos.expedientes.schemas import EvaluacionSchema
from casos.instrumentos.catalogo import Instrumento, Pregunta, TipoPregunta


class OpcionSchema(Schema):
    """One answer to choose. `sola`: it goes with no other one."""

    codigo = fields.String()
    etiqueta = fields.String()
    sola = fields.Boolean()


class PreguntaSchema(Schema):
    """One question; with `condicional` it is only due after certain answers."""

    codigo = fields.String()
    tipo = fields.Enum(TipoPregunta, by_value=True)
    pregunta = fields.String()
    opciones = fields.List(fields.Nested(OpcionSchema))
    opcional = fields.Boolean()
    condicional = fields.Boolean()
    minimo = fields.Integer(allow_none=True)
    maximo = fields.Integer(allow_none=True)


class SeccionSchema(Schema):
    """Questions about the same."""

    codigo = fields.String()
    titulo = fields.String()
    preguntas = fields.List(fields.Nested(PreguntaSchema))


class InstrumentoSchema(Schema):
    """A version of an instrument that is in force."""

    codigo = fields.String()
    version = fields.String()
    desde = fields.Date()
    hasta = fields.Date(allow_none=True)
    nombre = fields.String()
    fuente = fields.String()
    tipos_de_caso = fields.List(fields.Enum(TipoCaso, by_value=True))
    secciones = fields.List(fields.Nested(SeccionSchema))


class InstrumentosSchema(Schema):
    """The instruments in force, and the kinds of case that may be evaluated without one."""

    instrumentos = fields.List(fields.Nested(InstrumentoSchema))
    sin_instrumento = fields.List(fields.Enum(TipoCaso, by_value=True))


class EvaluacionLeidaSchema(EvaluacionSchema):
    """An evaluation with what was answered, and what its instrument suggested."""

    respuestas = fields.Dict()
    riesgo_sugerido = fields.Enum(Riesgo, by_value=True, allow_none=True)
    razones = fields.List(fields.String())


class EvaluacionesSchema(Schema):
    """The evaluations of a case, the newest first."""

    evaluaciones = fields.List(fields.Nested(EvaluacionLeidaSchema))


def hoja(uno: Instrumento) -> Schema:
    """The form of an instrument as a browser sends it: what it means is for `respuestas.revisar`
    to say.
    """
    preguntas = {pregunta.codigo: _campo(pregunta) for pregunta in uno.preguntas()}
    respuestas = fields.Nested(Schema.from_dict(preguntas)(), load_default=dict)
    return Schema.from_dict(
        {
            "respuestas": respuestas,
            "mostradas": fields.String(load_default=""),
            "instrumento_version": fields.String(load_default=uno.version),
            "riesgo": fields.String(),
            "amerita_derivacion": fields.String(),
            "fundamento": Texto(),
            "version": fields.Integer(load_default=None),
        }
    )()


def _campo(pregunta: Pregunta) -> fields.Field[Any]:
    if pregunta.tipo is TipoPregunta.VARIOS:
        return fields.List(fields.String())
    return fields.String()
