"""What comes in about a case and what goes out; the same for JSON and form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Texto
from casos.cierres.schemas import CierrePropuestoSchema
from casos.expedientes.models import (
    Confidencialidad,
    Instancia,
    MotivoElevacion,
    MotivoReapertura,
    Prioridad,
    ResultadoCierre,
    Riesgo,
    TipoCaso,
    TipoHito,
)
from casos.expedientes.states import (
    Estado,
    MotivoCierre,
    MotivoReanudacion,
    MotivoSuspension,
    MotivoVuelta,
    Senal,
)
from casos.personas.schemas import PersonaResumenSchema
from casos.subtemas.presentes import se_ofrece
from oficina.web.forms import DIAS

TEXTO = validate.Length(max=4000)


def es_tema(codigo: str) -> None:
    """Raise ValidationError unless the office offers the code."""
    if not se_ofrece(codigo):
        raise ValidationError(_("No conocemos ese tema."))


@dataclass(frozen=True, kw_only=True)
class NuevoCaso:
    """What a case is opened with; what is left out follows from the theme."""

    persona_id: UUID
    tema: str
    tipo: TipoCaso | None = None
    prioridad: Prioridad | None = None
    confidencialidad: Confidencialidad | None = None
    responsable_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaOrientacion:
    """Orientation given: what was said, or the sheet of the library that was given (ids, codes)."""

    tema: str
    texto: str | None
    version: int | None = None
    ficha: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class NuevaElevacion:
    """Why the case goes to the second instance."""

    motivo: MotivoElevacion
    texto: str | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaEvaluacion:
    """What was found; with an instrument, also what was answered to its questions.

    `instrumento_version` is the one that whoever answered saw; the one in force when it is None.
    """

    riesgo: Riesgo
    amerita_derivacion: bool
    fundamento: str
    instrumento: str | None = None
    instrumento_version: str | None = None
    respuestas: dict[str, Any] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaAsignacion:
    """Who answers for the case; nobody named means whoever asks."""

    responsable_id: UUID | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevoCierre:
    """How the case ended."""

    motivo: MotivoCierre
    resultado: ResultadoCierre
    texto: str | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaReapertura:
    """Why the case goes on."""

    motivo: MotivoReapertura
    texto: str | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevoSeguimiento:
    """The case is only followed."""

    texto: str | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaVuelta:
    """Why the case needs work again."""

    motivo: MotivoVuelta
    texto: str | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaPrioridad:
    """How urgent the case is from now on, and why."""

    prioridad: Prioridad
    texto: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaSuspension:
    """Why nobody works on the case, and when somebody looks at it again at the latest."""

    motivo: MotivoSuspension
    revision_el: date
    texto: str | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaReanudacion:
    """Why work goes on."""

    motivo: MotivoReanudacion
    texto: str | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaAnulacion:
    """What the mistake was."""

    texto: str
    version: int | None = None


class _ConVersion(Schema):
    version = fields.Integer(load_default=None, allow_none=True)


class NuevoCasoSchema(Schema):
    """A case to open."""

    persona_id = fields.UUID(required=True)
    tema = fields.String(required=True, validate=es_tema)
    tipo = fields.Enum(TipoCaso, by_value=True, load_default=None, allow_none=True)
    prioridad = fields.Enum(Prioridad, by_value=True, load_default=None, allow_none=True)
    confidencialidad = fields.Enum(
        Confidencialidad, by_value=True, load_default=None, allow_none=True
    )
    responsable_id = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoCaso:
        return NuevoCaso(**data)


class NuevaOrientacionSchema(_ConVersion):
    """Orientation given in the first instance."""

    tema = fields.String(required=True, validate=es_tema)
    texto = Texto(required=True, validate=validate.Length(1, 4000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaOrientacion:
        return NuevaOrientacion(**data)


class NuevaElevacionSchema(_ConVersion):
    """To the second instance, with a reason."""

    motivo = fields.Enum(MotivoElevacion, by_value=True, required=True)
    texto = Texto(load_default=None, allow_none=True, validate=TEXTO)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaElevacion:
        return NuevaElevacion(**data)


class NuevaEvaluacionSchema(_ConVersion):
    """An evaluation with its risk and its reasons."""

    riesgo = fields.Enum(
        Riesgo,
        by_value=True,
        required=True,
        validate=validate.NoneOf([Riesgo.SIN_EVALUAR]),
    )
    amerita_derivacion = fields.Boolean(required=True)
    fundamento = Texto(required=True, validate=validate.Length(1, 4000))
    instrumento = fields.String(load_default=None, allow_none=True)
    instrumento_version = fields.String(load_default=None, allow_none=True)
    respuestas = fields.Dict(keys=fields.String(), load_default=dict)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaEvaluacion:
        return NuevaEvaluacion(**data)


class NuevaAsignacionSchema(_ConVersion):
    """Who answers for the case."""

    responsable_id = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaAsignacion:
        return NuevaAsignacion(**data)


class NuevoCierreSchema(_ConVersion):
    """The end of a case."""

    motivo = fields.Enum(MotivoCierre, by_value=True, required=True)
    resultado = fields.Enum(ResultadoCierre, by_value=True, required=True)
    texto = Texto(load_default=None, allow_none=True, validate=TEXTO)

    @validates_schema
    def _fundado(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("motivo") is MotivoCierre.NO_AMERITA and not data.get("texto"):
            raise ValidationError(_("Escriba por qué no amerita."), "texto")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoCierre:
        return NuevoCierre(**data)


class NuevaReaperturaSchema(_ConVersion):
    """A closed case goes on."""

    motivo = fields.Enum(MotivoReapertura, by_value=True, required=True)
    texto = Texto(load_default=None, allow_none=True, validate=TEXTO)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaReapertura:
        return NuevaReapertura(**data)


class NuevoSeguimientoSchema(_ConVersion):
    """The case is only followed."""

    texto = Texto(load_default=None, allow_none=True, validate=TEXTO)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoSeguimiento:
        return NuevoSeguimiento(**data)


class NuevaVueltaSchema(_ConVersion):
    """The case needs work again."""

    motivo = fields.Enum(MotivoVuelta, by_value=True, required=True)
    texto = Texto(load_default=None, allow_none=True, validate=TEXTO)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaVuelta:
        return NuevaVuelta(**data)


class NuevaPrioridadSchema(_ConVersion):
    """Another priority; the clocks of the case follow it."""

    prioridad = fields.Enum(Prioridad, by_value=True, required=True)
    texto = Texto(required=True, validate=TEXTO)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaPrioridad:
        return NuevaPrioridad(**data)


class NuevaSuspensionSchema(_ConVersion):
    """Nobody works on the case for a while."""

    motivo = fields.Enum(MotivoSuspension, by_value=True, required=True)
    revision_el = fields.Date(required=True, validate=DIAS)
    texto = Texto(load_default=None, allow_none=True, validate=TEXTO)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaSuspension:
        return NuevaSuspension(**data)


class NuevaReanudacionSchema(_ConVersion):
    """A suspended case goes on."""

    motivo = fields.Enum(MotivoReanudacion, by_value=True, required=True)
    texto = Texto(load_default=None, allow_none=True, validate=TEXTO)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaReanudacion:
        return NuevaReanudacion(**data)


class NuevaAnulacionSchema(_ConVersion):
    """The case was opened by mistake."""

    texto = Texto(required=True, validate=validate.Length(1, 4000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaAnulacion:
        return NuevaAnulacion(**data)


class CasoResumenSchema(Schema):
    """A case in a list."""

    id = fields.UUID()
    folio = fields.String()
    persona = fields.Nested(PersonaResumenSchema)
    tipo = fields.Enum(TipoCaso, by_value=True)
    tema = fields.String()
    instancia = fields.Enum(Instancia, by_value=True)
    estado = fields.Enum(Estado, by_value=True)
    prioridad = fields.Enum(Prioridad, by_value=True)
    confidencialidad = fields.Enum(Confidencialidad, by_value=True)
    unidad = fields.String()
    responsable_id = fields.UUID(allow_none=True)
    responsable_nombre = fields.String()
    abierto_en = fields.AwareDateTime()
    cerrado_en = fields.AwareDateTime(allow_none=True)
    vence_en = fields.AwareDateTime(allow_none=True)
    atrasado = fields.Boolean()


class CasosSchema(Schema):
    """A page of cases; `despues` is where the next one begins, if there is one."""

    casos = fields.List(fields.Nested(CasoResumenSchema))
    total = fields.Integer()
    pagina = fields.Integer()
    paginas = fields.Integer()
    despues = fields.String(allow_none=True)


class HitoSchema(Schema):
    """A line of the story. `texto` is only there for whoever may read notes."""

    id = fields.UUID()
    ocurrido_en = fields.AwareDateTime()
    tipo = fields.Enum(TipoHito, by_value=True)
    actor_nombre = fields.String()
    datos = fields.Dict()
    texto = fields.String(allow_none=True)


class EvaluacionSchema(Schema):
    """An evaluation; only for whoever may read it."""

    id = fields.UUID()
    riesgo = fields.Enum(Riesgo, by_value=True)
    amerita_derivacion = fields.Boolean()
    fundamento = fields.String()
    instrumento = fields.String(allow_none=True)
    instrumento_version = fields.String(allow_none=True)
    funcionario_nombre = fields.String()
    realizada_en = fields.AwareDateTime()


class MiembroSchema(Schema):
    """Somebody named in a case beside whoever answers for it."""

    funcionario_id = fields.UUID()
    nombre = fields.String()
    desde = fields.AwareDateTime()


class CasoSchema(CasoResumenSchema):
    """A case and its story, as far as the reader may see it.

    Of the whole, reception gets what says that the case is there and who has it; whoever may not
    read a case that they wrote gets its id and folio.
    """

    equipo = fields.List(fields.Nested(MiembroSchema))

    riesgo = fields.Enum(Riesgo, by_value=True)
    evaluaciones = fields.List(fields.Nested(EvaluacionSchema))
    cierre_motivo = fields.Enum(MotivoCierre, by_value=True, allow_none=True)
    cierre_resultado = fields.Enum(ResultadoCierre, by_value=True, allow_none=True)
    suspension_motivo = fields.Enum(MotivoSuspension, by_value=True, allow_none=True)
    cierre_propuesto = fields.Nested(CierrePropuestoSchema, allow_none=True)
    pasos = fields.List(fields.String())
    consentimiento_retirado = fields.Boolean()
    senales = fields.List(fields.Enum(Senal, by_value=True))
    hitos = fields.List(fields.Nested(HitoSchema))
    version = fields.Integer()
