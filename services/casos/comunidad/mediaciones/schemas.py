"""What comes in about a mediation and what goes out; the same for JSON and form."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Texto
from casos.comunidad.mediaciones.states import (
    Accion,
    ClaseDeParte,
    Estado,
    EstadoCompromiso,
    Participa,
    ResultadoSeguimiento,
    ResultadoSesion,
)
from oficina.web.forms import DIAS
from oficina.web.names import is_a_name


@dataclass(frozen=True, kw_only=True)
class NuevaMediacion:
    """Of which case, and what it is about."""

    caso_id: UUID
    asunto: str


@dataclass(frozen=True, kw_only=True)
class NuevaParte:
    """Who is invited: by folio, by name, or by id."""

    clase: ClaseDeParte
    folio: str | None = None
    nombre: str | None = None
    organizacion_id: UUID | None = None
    institucion_id: UUID | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Respuesta:
    """Whether a party takes part."""

    parte_id: UUID
    participa: Participa
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class DeParte:
    """A party."""

    parte_id: UUID
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaSesion:
    """A meeting that took place, or was to."""

    dia: date
    lugar: str
    resultado: ResultadoSesion
    asistieron: list[UUID] = field(default_factory=list)
    notas: str | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevoCompromiso:
    """What a party promises."""

    parte_id: UUID
    que: str
    vence_el: date
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Acuerdo:
    """The day on which they agreed."""

    dia: date
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Calificacion:
    """Whether a promise was kept."""

    compromiso_id: UUID
    estado: EstadoCompromiso
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevoSeguimiento:
    """How the agreement holds."""

    dias: int
    resultado: ResultadoSeguimiento
    nota: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class ConNota:
    """Why it ends."""

    nota: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class SinDatos:
    """A step that asks for nothing else."""

    version: int | None = None


class _ConVersionSchema(Schema):
    version = fields.Integer(load_default=None, allow_none=True)


class NuevaMediacionSchema(Schema):
    """A mediation to open."""

    caso_id = fields.UUID(required=True)
    asunto = Texto(required=True, validate=validate.Length(1, 1000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaMediacion:
        return NuevaMediacion(**data)


_DE_CADA_CLASE = {
    ClaseDeParte.PERSONA: "folio",
    ClaseDeParte.SIN_FICHA: "nombre",
    ClaseDeParte.ORGANIZACION: "organizacion_id",
    ClaseDeParte.INSTITUCION: "institucion_id",
}


class NuevaParteSchema(_ConVersionSchema):
    """Who is invited."""

    clase = fields.Enum(ClaseDeParte, by_value=True, required=True)
    folio = Texto(load_default=None, allow_none=True, validate=validate.Length(max=40))
    nombre = Texto(
        load_default=None, allow_none=True, validate=[validate.Length(max=160), is_a_name]
    )
    organizacion_id = fields.UUID(load_default=None, allow_none=True)
    institucion_id = fields.UUID(load_default=None, allow_none=True)

    @validates_schema
    def _cierto(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("clase") is None:
            return
        suyo = _DE_CADA_CLASE[data["clase"]]
        if not data.get(suyo):
            raise ValidationError(_("Diga quién es."), suyo)
        if any(data.get(otro) for otro in _DE_CADA_CLASE.values() if otro != suyo):
            raise ValidationError(_("Complete solo lo de la clase que eligió."), "clase")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaParte:
        return NuevaParte(**data)


class RespuestaDeParteSchema(_ConVersionSchema):
    """What a party answered."""

    parte_id = fields.UUID(required=True)
    participa = fields.Enum(Participa, by_value=True, required=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Respuesta:
        return Respuesta(**data)


class DeParteSchema(_ConVersionSchema):
    """Which party."""

    parte_id = fields.UUID(required=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> DeParte:
        return DeParte(**data)


class NuevaSesionSchema(_ConVersionSchema):
    """A session."""

    dia = fields.Date(required=True, validate=DIAS)
    lugar = Texto(required=True, validate=validate.Length(1, 200))
    resultado = fields.Enum(ResultadoSesion, by_value=True, required=True)
    asistieron = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=50))
    notas = Texto(load_default=None, allow_none=True, validate=validate.Length(max=4000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaSesion:
        return NuevaSesion(**data)


class NuevoCompromisoSchema(_ConVersionSchema):
    """A promise."""

    parte_id = fields.UUID(required=True)
    que = Texto(required=True, validate=validate.Length(1, 1000))
    vence_el = fields.Date(required=True, validate=DIAS)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoCompromiso:
        return NuevoCompromiso(**data)


class AcuerdoSchema(_ConVersionSchema):
    """That they agreed."""

    dia = fields.Date(required=True, validate=DIAS)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Acuerdo:
        return Acuerdo(**data)


class CalificacionSchema(_ConVersionSchema):
    """Whether a promise was kept."""

    compromiso_id = fields.UUID(required=True)
    estado = fields.Enum(
        EstadoCompromiso,
        by_value=True,
        required=True,
        validate=validate.NoneOf([EstadoCompromiso.PENDIENTE]),
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Calificacion:
        return Calificacion(**data)


class NuevoSeguimientoDeMediacionSchema(_ConVersionSchema):
    """How the agreement holds, at one of its days."""

    dias = fields.Integer(required=True)
    resultado = fields.Enum(ResultadoSeguimiento, by_value=True, required=True)
    nota = Texto(required=True, validate=validate.Length(1, 1000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoSeguimiento:
        return NuevoSeguimiento(**data)


class TerminoDeMediacionSchema(_ConVersionSchema):
    """Why it ends."""

    nota = Texto(required=True, validate=validate.Length(1, 1000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> ConNota:
        return ConNota(**data)


class SinDatosSchema(_ConVersionSchema):
    """A step that asks for nothing else."""

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> SinDatos:
        return SinDatos(**data)


class FiltroMediacionesSchema(Schema):
    """Whether to list those that have ended."""

    todas = fields.Boolean(load_default=False)


class FilaMediacionSchema(Schema):
    """A mediation in a list: nobody is named."""

    id = fields.UUID()
    folio = fields.String()
    caso_id = fields.UUID()
    estado = fields.Enum(Estado, by_value=True)
    mediador_nombre = fields.String()
    acordada_el = fields.Date(allow_none=True)
    version = fields.Integer()


class MediacionesSchema(Schema):
    """Several mediations."""

    mediaciones = fields.List(fields.Nested(FilaMediacionSchema))


class ParteDeMediacionSchema(Schema):
    """A party, by the name that the reader may know."""

    id = fields.UUID()
    clase = fields.Enum(ClaseDeParte, by_value=True)
    quien = fields.String()
    participa = fields.Enum(Participa, by_value=True)


class SesionSchema(Schema):
    """A session; its notes for who held it and the people named in the case."""

    id = fields.UUID()
    dia = fields.Date()
    lugar = fields.String()
    mediador_nombre = fields.String()
    asistieron = fields.List(fields.String())
    resultado = fields.Enum(ResultadoSesion, by_value=True)
    notas = fields.String(allow_none=True)


class CompromisoSchema(Schema):
    """A promise."""

    id = fields.UUID()
    parte_id = fields.UUID()
    que = fields.String()
    vence_el = fields.Date()
    estado = fields.Enum(EstadoCompromiso, by_value=True)


class SeguimientoDeMediacionSchema(Schema):
    """A follow-up."""

    dias = fields.Integer()
    vence_el = fields.Date()
    tarea_id = fields.UUID()
    resultado = fields.Enum(ResultadoSeguimiento, by_value=True, allow_none=True)
    nota = fields.String(allow_none=True)


class MediacionSchema(FilaMediacionSchema):
    """A mediation, as far as its reader may know it."""

    asunto = fields.String()
    termino_nota = fields.String(allow_none=True)
    partes = fields.List(fields.Nested(ParteDeMediacionSchema))
    sesiones = fields.List(fields.Nested(SesionSchema))
    compromisos = fields.List(fields.Nested(CompromisoSchema))
    seguimientos = fields.List(fields.Nested(SeguimientoDeMediacionSchema))
    acciones = fields.List(fields.Enum(Accion, by_value=True))
