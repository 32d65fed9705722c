"""What goes out of a deadline, and which of them are asked for."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, post_load, validate

from casos.campos import Texto
from casos.plazos.atrasos import NADIE, FiltroPlazos, Grupo, Situacion
from casos.plazos.calendario import NuevoDiaCerrado
from casos.plazos.models import EstadoPlazo, OrigenPlazo
from casos.plazos.versiones import MAXIMO, PRIORIDADES, NuevaVersion, ReglaEscrita, propios
from oficina.texts import N_
from oficina.web.forms import DIAS


class SeguimientoSchema(Schema):
    """How a deadline stands, for a service that writes about it."""

    caso_id = fields.UUID(required=True)
    caso_folio = fields.String(required=True)
    estado = fields.Enum(EstadoPlazo, by_value=True, required=True)
    responsable_id = fields.UUID(required=True, allow_none=True)
    solo = fields.List(
        fields.UUID(),
        allow_none=True,
        metadata={"description": "De un caso sellado, las únicas personas que pueden saberlo"},
    )


class PlazoDeDerivacionSchema(Schema):
    """A deadline of a derivation, and who says how long it is; that of a draft would begin now."""

    id = fields.UUID(allow_none=True, metadata={"description": "Ninguno de lo que no ha empezado"})
    reloj = fields.String()
    estado = fields.Enum(EstadoPlazo, by_value=True)
    inicia_en = fields.AwareDateTime()
    vence_en = fields.AwareDateTime()
    vence_en_original = fields.AwareDateTime(allow_none=True)
    origen = fields.Enum(
        OrigenPlazo,
        by_value=True,
        metadata={"description": "Quién dice cuánto dura: las reglas, o lo acordado del servicio"},
    )
    acuerdo_dias = fields.Integer(
        allow_none=True,
        metadata={"description": "Los días hábiles a que el servicio se comprometió ese día"},
    )
    reglas_version = fields.String()


class PlazosDeDerivacionSchema(Schema):
    """The deadlines of a derivation; `previstos`: they would begin if it were sent now."""

    plazos = fields.List(fields.Nested(PlazoDeDerivacionSchema))
    previstos = fields.Boolean()


class FiltroPlazosSchema(Schema):
    """Which deadlines, by whom they are counted, and which page of them."""

    situacion = fields.Enum(Situacion, by_value=True, load_default=None, allow_none=True)
    responsable = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Un id, o `nadie`"},
    )
    unidad = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=80))
    institucion_id = fields.UUID(load_default=None, allow_none=True)
    reloj = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    grupo = fields.Enum(Grupo, by_value=True, load_default=Grupo.RESPONSABLE)
    pagina = fields.Integer(load_default=1, validate=validate.Range(1, 10_000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> FiltroPlazos:
        if data["responsable"] not in {None, NADIE}:
            try:
                data["responsable"] = UUID(data["responsable"])
            except ValueError as error:
                raise ValidationError(N_("No es un identificador."), "responsable") from error
        return FiltroPlazos(**data)


class PlazoDeListaSchema(Schema):
    """A deadline in the list of what is late."""

    id = fields.UUID()
    caso_id = fields.UUID()
    caso_folio = fields.String()
    derivacion_id = fields.UUID(allow_none=True)
    tarea_id = fields.UUID(allow_none=True)
    reloj = fields.String()
    situacion = fields.Enum(Situacion, by_value=True)
    vence_en = fields.AwareDateTime()
    vence_en_original = fields.AwareDateTime(allow_none=True)
    origen = fields.Enum(OrigenPlazo, by_value=True)
    responsable_id = fields.UUID(allow_none=True)
    responsable = fields.String()
    unidad = fields.String()
    institucion_id = fields.UUID(allow_none=True)
    institucion = fields.String(allow_none=True)


class CuentaSchema(Schema):
    """How many deadlines somebody has."""

    cual = fields.String(metadata={"description": "Un id o una unidad, o `nadie`"})
    nombre = fields.String()
    total = fields.Integer()
    atrasados = fields.Integer()


class PanoramaDePlazosSchema(Schema):
    """A page of deadlines with the counts."""

    plazos = fields.List(fields.Nested(PlazoDeListaSchema))
    total = fields.Integer()
    pagina = fields.Integer()
    paginas = fields.Integer()
    por_situacion = fields.Dict(keys=fields.String(), values=fields.Integer())
    grupos = fields.List(fields.Nested(CuentaSchema))


class NuevoDiaCerradoSchema(Schema):
    """A day on which the municipality will not work."""

    dia = fields.Date(required=True, validate=DIAS)
    motivo = Texto(required=True, validate=validate.Length(3, 120))
    fuente = Texto(
        required=True,
        validate=validate.Length(3, 200),
        metadata={"description": "El decreto o la instrucción que lo dice"},
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoDiaCerrado:
        return NuevoDiaCerrado(**data)


class DiaCerradoSchema(Schema):
    """A day off, and whether it was taken back."""

    id = fields.UUID()
    dia = fields.Date()
    motivo = fields.String()
    fuente = fields.String()
    anotado_por = fields.String()
    anotado_en = fields.AwareDateTime()
    retirado_por = fields.String(allow_none=True)
    retirado_en = fields.AwareDateTime(allow_none=True)


class CalendarioSchema(Schema):
    """The days off, the latest first."""

    dias = fields.List(fields.Nested(DiaCerradoSchema))


_CUANTO = validate.Range(0, MAXIMO)


class ReglaEscritaSchema(Schema):
    """How long one clock runs for one priority."""

    reloj = fields.String(required=True, validate=validate.Length(1, 40))
    prioridad = fields.String(required=True, validate=validate.Length(1, 20))
    cuanto = fields.Integer(
        required=True,
        strict=True,
        validate=_CUANTO,
        metadata={"description": "En la unidad del plazo: días hábiles; 0, el mismo día"},
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> ReglaEscrita:
        return ReglaEscrita(**data)


class _DeVersionSchema(Schema):
    vigente_desde = fields.Date(
        required=True,
        validate=DIAS,
        metadata={"description": "Desde mañana o después; la anterior rige hasta el día antes"},
    )
    vigente_hasta = fields.Date(
        load_default=None,
        allow_none=True,
        validate=DIAS,
        metadata={"description": "Solo si otra ya rige después: el día anterior a ella"},
    )
    motivo = Texto(required=True, validate=validate.Length(3, 500))
    fuente = Texto(
        required=True,
        validate=validate.Length(3, 200),
        metadata={"description": "El decreto o la instrucción que lo dice"},
    )


class NuevaVersionDeReglasSchema(_DeVersionSchema):
    """A whole version: every clock of the office's own, for each priority once."""

    reglas = fields.List(
        fields.Nested(ReglaEscritaSchema),
        required=True,
        validate=validate.Length(1, 200),
        metadata={
            "description": "Lo que falta, sobra o se contradice se nombra `reglas.reloj.prioridad`"
        },
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaVersion:
        return NuevaVersion(**data)


def _de_reloj() -> Schema:
    return Schema.from_dict({p: fields.Integer(validate=_CUANTO) for p in PRIORIDADES})()


def _de_relojes() -> Schema:
    return Schema.from_dict({reloj: fields.Nested(_de_reloj) for reloj in propios()})()


class FormularioDeReglasSchema(_DeVersionSchema):
    """The same as a page sends it: a field for each clock and priority."""

    reglas = fields.Nested(_de_relojes, load_default=dict)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaVersion:
        escritas = [
            ReglaEscrita(reloj=reloj, prioridad=prioridad, cuanto=cuanto)
            for reloj, de_reloj in data.pop("reglas").items()
            for prioridad, cuanto in de_reloj.items()
        ]
        return NuevaVersion(**data, reglas=escritas)


class ReglaDeVersionSchema(ReglaEscritaSchema):
    """A rule as it is read: with its unit and source, and whether a law sets it."""

    unidad = fields.String()
    legal = fields.Boolean()
    acordable = fields.Boolean(
        metadata={"description": "Si lo que acordó un servicio toma su lugar"}
    )
    fuente = fields.String()


class VersionDeReglasSchema(Schema):
    """A version of the rules; the program's own, the first one, has no day, author nor id."""

    id = fields.UUID(allow_none=True)
    version = fields.String(attribute="contenido.version")
    vigente = fields.Boolean()
    vigente_desde = fields.Date(allow_none=True)
    vigente_hasta = fields.Date(allow_none=True)
    motivo = fields.String()
    fuente = fields.String(attribute="contenido.fuente")
    escrita_por = fields.String()
    escrita_en = fields.AwareDateTime(allow_none=True)
    reglas = fields.List(fields.Nested(ReglaDeVersionSchema))


class VersionesDeReglasSchema(Schema):
    """Every version, that of the latest days first."""

    versiones = fields.List(fields.Nested(VersionDeReglasSchema))
