"""What comes in and goes out of the questions to institutions; the same for JSON and form."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate

from casos.campos import Texto
from casos.red.consultas.correccion import Correccion, guardados, semana_escrita, visibles
from casos.red.consultas.states import EstadoConsulta, EstadoPregunta, MotivoDeNoCorregir
from casos.red.models import Capacidad, ServicioRed
from casos.red.schemas import InstitucionSchema, Lineas, SemanaSchema, ServicioBreveSchema


class CorreccionSchema(Schema):
    """What an institution corrects of one service; what it leaves out stays as it is."""

    capacidad = fields.Enum(Capacidad, by_value=True, load_default=None, allow_none=True)
    nota_cupo = Texto(load_default="", validate=validate.Length(max=200))
    documentos_requeridos = Lineas(load_default=None, allow_none=True)
    elegibilidad = Texto(load_default=None, allow_none=True, validate=validate.Length(max=1000))
    telefono = Texto(load_default=None, allow_none=True, validate=validate.Length(max=40))
    correo = fields.Email(load_default=None, allow_none=True)
    semanas = fields.Dict(keys=fields.UUID(), values=fields.Nested(SemanaSchema), load_default=dict)
    nota = Texto(load_default="", validate=validate.Length(max=1000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Correccion:
        semanas = {
            UUID(str(cual)): {dia: tramos for dia, tramos in semana.items() if tramos}
            for cual, semana in data["semanas"].items()
        }
        return Correccion(**data | {"semanas": semanas})


def de_la_pagina(servicio: ServicioRed) -> Schema:
    """The same as a page asks for it: it shows all of it, so what is left blank is empty. Places
    must be loaded.
    """
    lugares = [str(lugar.id) for lugar in visibles(servicio)]
    una = {lugar: fields.Nested(SemanaSchema, load_default=dict) for lugar in lugares}
    semanas: type[Schema] = Schema.from_dict({**una}, name="SemanasDeLaPagina")
    pagina: type[Schema] = CorreccionSchema.from_dict(
        {
            "documentos_requeridos": Lineas(load_default=list),
            "elegibilidad": Texto(load_default="", validate=validate.Length(max=1000)),
            "semanas": fields.Nested(
                semanas, load_default=lambda: {lugar: {} for lugar in lugares}
            ),
        },
        name="CorreccionDeLaPagina",
    )
    return pagina()


def escrito(servicio: ServicioRed) -> dict[str, Any]:
    """What is written of a service, as the page shows it. Places must be loaded."""
    return {
        "capacidad": servicio.capacidad,
        "documentos_requeridos": "\n".join(servicio.documentos_requeridos),
        "elegibilidad": servicio.elegibilidad,
        "telefono": servicio.institucion.telefono,
        "correo": servicio.institucion.correo,
        "semanas": {str(lugar.id): semana_escrita(lugar) for lugar in visibles(servicio)},
    }


class PreguntaDelEnlaceSchema(Schema):
    """A service as its institution is asked about it: what is written, and what it said."""

    servicio_id = fields.UUID()
    nombre = fields.Function(lambda una: una.servicio.nombre)
    estado = fields.Enum(EstadoPregunta, by_value=True)
    escrito = fields.Function(lambda una: _a_json(una.servicio))


class ConsultaDelEnlaceSchema(Schema):
    """What a link shows: nothing of people, nor of places that are confidential."""

    institucion = fields.Function(lambda consulta: consulta.institucion.nombre)
    estado = fields.Enum(EstadoConsulta, by_value=True)
    preguntas = fields.List(fields.Nested(PreguntaDelEnlaceSchema))


class EnlaceDeConsultaSchema(Schema):
    """A fresh link, for the mail that carries it."""

    correo = fields.String(allow_none=True)
    institucion = fields.String()
    servicios = fields.List(fields.String())
    url = fields.String(allow_none=True)
    vence_en = fields.AwareDateTime(allow_none=True)


class SeguimientoDeConsultaSchema(Schema):
    """What is left of a question for whoever writes notices about it."""

    institucion = fields.String()
    estado = fields.Enum(EstadoConsulta, by_value=True)
    por_revisar = fields.Integer()
    por_contestar = fields.Integer()


class PreguntaRedSchema(Schema):
    """What an institution said of one service."""

    id = fields.UUID()
    servicio = fields.Nested(ServicioBreveSchema)
    estado = fields.Enum(EstadoPregunta, by_value=True)
    contestada_en = fields.AwareDateTime(allow_none=True)


class CorreccionRedSchema(PreguntaRedSchema):
    """A correction, and what was decided of it."""

    propone = fields.Function(lambda una: guardados(una.propone))
    motivo = fields.Enum(MotivoDeNoCorregir, by_value=True, allow_none=True)
    decidida_por = fields.String()
    decidida_en = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class CorreccionesRedSchema(Schema):
    """The corrections that wait."""

    correcciones = fields.List(fields.Nested(CorreccionRedSchema))


class ConsultaRedSchema(Schema):
    """A question to an institution."""

    id = fields.UUID()
    institucion = fields.Nested(InstitucionSchema)
    estado = fields.Enum(EstadoConsulta, by_value=True)
    pedida_por = fields.String()
    pedida_en = fields.AwareDateTime()
    vence_en = fields.AwareDateTime()
    terminada_en = fields.AwareDateTime(allow_none=True)
    preguntas = fields.List(fields.Nested(PreguntaRedSchema))
    version = fields.Integer()


class ConsultasRedSchema(Schema):
    """The questions to institutions."""

    consultas = fields.List(fields.Nested(ConsultaRedSchema))


class NoCorregirSchema(Schema):
    """Why a correction is not taken over."""

    motivo = fields.Enum(MotivoDeNoCorregir, by_value=True, required=True)
    version = fields.Integer(load_default=None, allow_none=True)


def _a_json(servicio: ServicioRed) -> dict[str, Any]:
    return escrito(servicio) | {"documentos_requeridos": list(servicio.documentos_requeridos)}
