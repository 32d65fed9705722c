"""What comes in and goes out of unions of records; the same for JSON and form."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from casos.campos import Texto
from casos.fusiones.models import Fusion
from casos.fusiones.reglas import reglas
from casos.fusiones.states import PASOS, Estado, Obstaculo, Paso
from casos.personas.schemas import PersonaResumenSchema


def _motivo() -> Texto:
    texto = _l("Escriba por qué, en una frase.")
    return Texto(
        required=True,
        validate=validate.Length(min=reglas().motivo_minimo, max=2000, error=texto),
        error_messages={"required": texto},
    )


def _acciones(fusion: Fusion) -> list[str]:
    pasos: Mapping[Paso, Any] = PASOS[fusion.estado]
    return [paso.value for paso in pasos]


class NuevaFusionSchema(Schema):
    """Which record is joined to which, why, and the versions of both that were compared."""

    vigente_id = fields.UUID(required=True, metadata={"description": "La ficha que queda"})
    absorbida_id = fields.UUID(required=True, metadata={"description": "La que se une a ella"})
    vigente_version = fields.Integer(required=True)
    absorbida_version = fields.Integer(required=True)
    motivo = _motivo()


class UnionSchema(Schema):
    """The same on the page, where the addresses say which two."""

    queda = fields.UUID(required=True, error_messages={"required": _l("Elija la ficha que queda.")})
    version_a = fields.Integer(required=True)
    version_b = fields.Integer(required=True)
    motivo = _motivo()


class ReversionSchema(Schema):
    """Why a union is undone."""

    motivo = _motivo()


class BuscarOtraSchema(Schema):
    """The folio of the other record."""

    folio = fields.String(
        required=True,
        validate=validate.Length(min=1, max=20),
        error_messages={"required": _l("Escriba el folio de la otra ficha.")},
    )


class LadoSchema(Schema):
    """One of two records, and how much of each class the reader may know that it has."""

    persona = fields.Nested(PersonaResumenSchema)
    version = fields.Integer(attribute="persona.version")
    cuantos = fields.Dict(keys=fields.String(), values=fields.Integer())


class VistaPreviaDeFusionSchema(Schema):
    """What joining two records would do."""

    vigente = fields.Nested(LadoSchema)
    absorbida = fields.Nested(LadoSchema)
    campos = fields.List(
        fields.String(),
        metadata={"description": "Lo que la ficha que queda no dice y tomaría de la otra"},
    )
    repetidos = fields.Integer(metadata={"description": "Documentos y contactos que ambas tienen"})
    impedimentos = fields.List(fields.Enum(Obstaculo, by_value=True))
    distintas = fields.Boolean(
        metadata={"description": "Si alguien declaró que no son la misma persona"}
    )


class FusionSchema(Schema):
    """A union, and whether it was undone."""

    id = fields.UUID()
    vigente = fields.Nested(PersonaResumenSchema)
    absorbida = fields.Nested(PersonaResumenSchema)
    estado = fields.Enum(Estado, by_value=True)
    motivo = fields.String(allow_none=True)
    hecha_en = fields.AwareDateTime()
    hecha_por = fields.String()
    reversible_hasta = fields.AwareDateTime()
    deshecha_en = fields.AwareDateTime(allow_none=True)
    deshecha_por = fields.String()
    deshecha_motivo = fields.String(allow_none=True)
    acciones = fields.Function(_acciones)
    version = fields.Integer()


class FusionesSchema(Schema):
    """Several unions."""

    fusiones = fields.List(fields.Nested(FusionSchema))
