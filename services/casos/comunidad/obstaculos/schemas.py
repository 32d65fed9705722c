"""What comes in about an obstacle and what goes out; the same for JSON and form."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate

from casos.campos import Texto
from casos.comunidad.obstaculos.reglas import reglas
from casos.comunidad.obstaculos.states import Accion, Estado, Origen


@dataclass(frozen=True, kw_only=True)
class NuevaAnotacion:
    """Where somebody met what."""

    institucion_id: UUID
    tipo: str
    origen: Origen
    nota: str | None = None


@dataclass(frozen=True, kw_only=True)
class ConNota:
    """What was done, or what changed."""

    nota: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Filtro:
    """Which obstacles to list."""

    institucion_id: UUID | None = None
    estado: Estado | None = None
    tipo: str | None = None
    pagina: int = 1


def _es_tipo(codigo: str) -> None:
    if codigo not in reglas().tipos:
        raise ValidationError(_("No conocemos ese tipo de obstáculo."))


class NuevaAnotacionSchema(Schema):
    """An obstacle that was met."""

    institucion_id = fields.UUID(required=True)
    tipo = fields.String(required=True, validate=_es_tipo)
    origen = fields.Enum(Origen, by_value=True, required=True)
    nota = Texto(load_default=None, allow_none=True, validate=validate.Length(max=300))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaAnotacion:
        return NuevaAnotacion(**data)


class PasoDeObstaculoConNotaSchema(Schema):
    """A step of the coordination."""

    nota = Texto(required=True, validate=validate.Length(1, 1000))
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> ConNota:
        return ConNota(**data)


class FiltroObstaculosSchema(Schema):
    """Which obstacles to list; those that ended, by their state."""

    institucion_id = fields.UUID(load_default=None)
    estado = fields.Enum(Estado, by_value=True, load_default=None)
    tipo = fields.String(load_default=None, validate=_es_tipo)
    pagina = fields.Integer(load_default=1, validate=validate.Range(1, 10**6))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Filtro:
        return Filtro(**data)


class ObstaculoSchema(Schema):
    """An obstacle."""

    id = fields.UUID()
    folio = fields.String()
    institucion_id = fields.UUID()
    institucion = fields.String(attribute="institucion.nombre")
    tipo = fields.String()
    estado = fields.Enum(Estado, by_value=True)
    veces = fields.Integer()
    primera_el = fields.Date()
    ultima_el = fields.Date()
    acciones = fields.List(fields.Enum(Accion, by_value=True))
    version = fields.Integer()


class ObstaculosSchema(Schema):
    """A page of obstacles."""

    obstaculos = fields.List(fields.Nested(ObstaculoSchema))
    total = fields.Integer()
    pagina = fields.Integer()
    paginas = fields.Integer()
