"""What comes in about a report of discrimination and what goes out; the same for JSON and form."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Texto
from casos.comunidad.discriminacion.reglas import reglas
from casos.comunidad.discriminacion.states import Accion, Estado
from oficina.web.forms import DIAS


@dataclass(frozen=True, kw_only=True)
class NuevoReporte:
    """What somebody tells; without a folio nobody is named."""

    motivo: str
    lugar: str
    que_paso: str
    folio: str | None = None
    ocurrio_el: date | None = None
    institucion_id: UUID | None = None
    institucion_otra: str | None = None


@dataclass(frozen=True, kw_only=True)
class Gestion:
    """What was done, and by which route."""

    via: str
    nota: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class DeQuien:
    """Who told it."""

    folio: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class ConNota:
    """What came of it, or why it is none."""

    nota: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class SinDatos:
    """A step that asks for nothing else."""

    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Filtro:
    """Which reports to list."""

    estado: Estado | None = None
    motivo: str | None = None
    lugar: str | None = None
    via: str | None = None
    institucion_id: UUID | None = None
    pagina: int = 1


def _es_motivo(codigo: str) -> None:
    if codigo not in reglas().motivos:
        raise ValidationError(_("No conocemos ese motivo."))


def _es_lugar(codigo: str) -> None:
    if codigo not in reglas().lugares:
        raise ValidationError(_("No conocemos ese lugar."))


def _es_via(codigo: str) -> None:
    if codigo not in reglas().vias:
        raise ValidationError(_("No conocemos esa vía."))


class NuevoReporteDeDiscriminacionSchema(Schema):
    """A report."""

    folio = Texto(load_default=None, allow_none=True, validate=validate.Length(max=40))
    motivo = fields.String(required=True, validate=_es_motivo)
    lugar = fields.String(required=True, validate=_es_lugar)
    institucion_id = fields.UUID(load_default=None, allow_none=True)
    institucion_otra = Texto(load_default=None, allow_none=True, validate=validate.Length(max=200))
    ocurrio_el = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    que_paso = Texto(required=True, validate=validate.Length(1, 4000))

    @validates_schema
    def _una_institucion(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("institucion_id") and data.get("institucion_otra"):
            mensaje = _("Elíjala de la lista o escriba su nombre, no ambas cosas.")
            raise ValidationError(mensaje, "institucion_otra")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoReporte:
        return NuevoReporte(**data)


class _ConVersionSchema(Schema):
    version = fields.Integer(load_default=None, allow_none=True)


class GestionDeReporteSchema(_ConVersionSchema):
    """What was done."""

    via = fields.String(required=True, validate=_es_via)
    nota = Texto(required=True, validate=validate.Length(1, 2000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Gestion:
        return Gestion(**data)


class DeQuienEsElReporteSchema(_ConVersionSchema):
    """Who told it, by folio."""

    folio = Texto(required=True, validate=validate.Length(1, 40))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> DeQuien:
        return DeQuien(**data)


class FinDeReporteSchema(_ConVersionSchema):
    """What came of it, or why it is none."""

    nota = Texto(required=True, validate=validate.Length(1, 2000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> ConNota:
        return ConNota(**data)


class CasoDeReporteSchema(_ConVersionSchema):
    """That it becomes a case."""

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> SinDatos:
        return SinDatos(**data)


class FiltroReportesSchema(Schema):
    """Which reports to list; those that ended, by their state."""

    estado = fields.Enum(Estado, by_value=True, load_default=None)
    motivo = fields.String(load_default=None, validate=_es_motivo)
    lugar = fields.String(load_default=None, validate=_es_lugar)
    via = fields.String(load_default=None, validate=_es_via)
    institucion_id = fields.UUID(load_default=None)
    pagina = fields.Integer(load_default=1, validate=validate.Range(1, 10**6))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Filtro:
        return Filtro(**data)


class FilaReporteSchema(Schema):
    """A report in a list: codes, ids and days."""

    id = fields.UUID()
    folio = fields.String()
    estado = fields.Enum(Estado, by_value=True)
    motivo = fields.String()
    lugar = fields.String()
    via = fields.String(allow_none=True)
    institucion_id = fields.UUID(allow_none=True)
    persona_id = fields.UUID(allow_none=True)
    caso_id = fields.UUID(allow_none=True)
    ocurrio_el = fields.Date(allow_none=True)
    recibido_en = fields.AwareDateTime()
    version = fields.Integer()


class ReportesDeDiscriminacionSchema(Schema):
    """A page of reports."""

    reportes = fields.List(fields.Nested(FilaReporteSchema))
    total = fields.Integer()
    pagina = fields.Integer()
    paginas = fields.Integer()


class ReporteDeDiscriminacionSchema(FilaReporteSchema):
    """A report."""

    institucion_otra = fields.String(allow_none=True)
    que_paso = fields.String(
        metadata={"description": "Vacío cuando pasó su plazo de conservación (`vaciado_en`)"}
    )
    vaciado_en = fields.AwareDateTime(allow_none=True)
    recibido_por = fields.String()
    acciones = fields.List(fields.Enum(Accion, by_value=True))
