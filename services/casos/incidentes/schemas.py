"""What comes in and goes out of incidents; the same for JSON and form."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.incidentes.actions import (
    Aviso,
    Decision,
    Medida,
    Momento,
    NuevoReporte,
    Periodo,
)
from casos.incidentes.catalogo import catalogo
from casos.incidentes.models import Clasificacion
from casos.incidentes.states import (
    Accion,
    Causa,
    ClaseDeMedida,
    Destinatario,
    Estado,
    MedioDeAviso,
    Naturaleza,
    RiesgoParaPersonas,
    Sistema,
)
from oficina.web.forms import DIAS

_TEXTO = validate.Length(max=4000)
_ALGUNO = validate.Length(min=1, error=_l("Elija al menos una opción."))
MAS_PERSONAS = 100_000_000
"""More than that is a slip of the hand."""


def _conocida(codigo: str) -> None:
    if codigo not in catalogo().categorias:
        raise ValidationError(_("No es una de las opciones."))


class NuevoReporteSchema(Schema):
    """What somebody noticed."""

    causa = fields.Enum(
        Causa,
        by_value=True,
        required=True,
        error_messages={"required": _l("Elija qué pasó.")},
    )
    relato = fields.String(
        required=True,
        validate=_TEXTO,
        error_messages={"required": _l("Cuente qué pasó.")},
    )
    conocido_el = fields.Date(
        required=True,
        validate=DIAS,
        error_messages={"required": _l("Indique qué día se notó.")},
    )
    conocido_a_las = fields.Time(
        load_default=None, allow_none=True, metadata={"description": "Hora en Chile"}
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoReporte:
        momento = Momento(dia=data.pop("conocido_el"), hora=data.pop("conocido_a_las"))
        return NuevoReporte(conocido=momento, **data)


class ClasificacionSchema(Schema):
    """What a breach is, as far as it is known."""

    naturalezas = fields.List(
        fields.Enum(Naturaleza, by_value=True),
        required=True,
        validate=_ALGUNO,
        error_messages={"required": _l("Elija qué se afectó.")},
    )
    categorias = fields.List(
        fields.String(validate=_conocida),
        required=True,
        validate=_ALGUNO,
        error_messages={"required": _l("Elija de qué datos se trata.")},
    )
    personas_aprox = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(min=0, max=MAS_PERSONAS)
    )
    sistemas = fields.List(
        fields.Enum(Sistema, by_value=True),
        required=True,
        validate=_ALGUNO,
        error_messages={"required": _l("Elija dónde ocurrió.")},
    )
    riesgo = fields.Enum(
        RiesgoParaPersonas,
        by_value=True,
        required=True,
        error_messages={"required": _l("Elija el riesgo para las personas.")},
    )
    efectos = fields.String(
        required=True,
        validate=_TEXTO,
        error_messages={"required": _l("Escriba qué efectos tiene o puede tener.")},
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Clasificacion:
        return Clasificacion(**data)


class MedidaSchema(Schema):
    """What was done about it."""

    clase = fields.Enum(
        ClaseDeMedida,
        by_value=True,
        required=True,
        error_messages={"required": _l("Elija para qué es la medida.")},
    )
    texto = fields.String(
        required=True,
        validate=_TEXTO,
        error_messages={"required": _l("Escriba qué se hizo.")},
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Medida:
        return Medida(**data)


class PersonasSchema(Schema):
    """People by folio or id: one an item, or several in one with blanks or commas between them."""

    personas = fields.List(
        fields.String(validate=validate.Length(max=40_000)),
        required=True,
        validate=validate.Length(min=1, max=5_000),
        error_messages={"required": _l("Escriba el folio de alguna persona.")},
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> list[str]:
        escritas: list[str] = data["personas"]
        return escritas


class PeriodoDeCuentaSchema(Schema):
    """An account of the office, and two days, both included."""

    cuenta_id = fields.UUID(
        required=True, error_messages={"required": _l("Elija de quién es la cuenta.")}
    )
    desde = fields.Date(
        required=True,
        validate=DIAS,
        error_messages={"required": _l("Indique desde qué día.")},
    )
    hasta = fields.Date(
        required=True,
        validate=DIAS,
        error_messages={"required": _l("Indique hasta qué día.")},
    )

    @validates_schema
    def _en_orden(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data["desde"] > data["hasta"]:
            raise ValidationError({"hasta": [_("Debe ser el mismo día o después.")]})

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Periodo:
        return Periodo(**data)


class DecisionSchema(Schema):
    """Whether some are to be told, and why."""

    destinatarios = fields.List(
        fields.Enum(Destinatario, by_value=True),
        required=True,
        validate=_ALGUNO,
        error_messages={"required": _l("Elija sobre quién decide.")},
    )
    notificar = fields.Boolean(
        required=True, error_messages={"required": _l("Elija si se comunica o no.")}
    )
    motivo = fields.String(
        required=True,
        validate=_TEXTO,
        error_messages={"required": _l("Escriba por qué se decide así.")},
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Decision:
        return Decision(**data)


class AvisoSchema(Schema):
    """That somebody was told, when and how."""

    destinatario = fields.Enum(
        Destinatario,
        by_value=True,
        required=True,
        error_messages={"required": _l("Elija a quién se le comunicó.")},
    )
    avisado_el = fields.Date(
        required=True,
        validate=DIAS,
        error_messages={"required": _l("Indique qué día se comunicó.")},
    )
    avisado_a_las = fields.Time(
        required=True,
        error_messages={"required": _l("Indique a qué hora se comunicó.")},
        metadata={"description": "Hora en Chile"},
    )
    medio = fields.Enum(
        MedioDeAviso,
        by_value=True,
        required=True,
        error_messages={"required": _l("Elija cómo se comunicó.")},
    )
    constancia = fields.String(load_default=None, allow_none=True, validate=_TEXTO)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Aviso:
        momento = Momento(dia=data.pop("avisado_el"), hora=data.pop("avisado_a_las"))
        return Aviso(avisado=momento, **data)


class RazonSchema(Schema):
    """Why it is closed, discarded or opened again."""

    texto = fields.String(
        required=True, validate=_TEXTO, error_messages={"required": _l("Escriba por qué.")}
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> str:
        texto: str = data["texto"]
        return texto


class FiltroIncidentesSchema(Schema):
    """Which incidents."""

    todos = fields.Boolean(load_default=False)


class ReporteSchema(Schema):
    """What whoever reported an incident may know of it."""

    id = fields.UUID()
    folio = fields.String()
    causa = fields.Enum(Causa, by_value=True)
    estado = fields.Enum(Estado, by_value=True)
    reportado_en = fields.AwareDateTime()


class ReportesSchema(Schema):
    """What somebody reported."""

    reportes = fields.List(fields.Nested(ReporteSchema))


class PasoDeIncidenteSchema(Schema):
    """One line of the log."""

    accion = fields.Enum(Accion, by_value=True, allow_none=True)
    estado = fields.Enum(Estado, by_value=True)
    codigo = fields.String(allow_none=True)
    cantidad = fields.Integer(allow_none=True)
    texto = fields.String(allow_none=True)
    quien = fields.String()
    ocurrido_en = fields.AwareDateTime()


class AvisoAsentadoSchema(Schema):
    """What was decided about telling somebody, and when they were first told."""

    destinatario = fields.Enum(Destinatario, by_value=True)
    notificar = fields.Boolean()
    motivo = fields.String()
    decidido_en = fields.AwareDateTime()
    avisado_en = fields.AwareDateTime(allow_none=True)
    medio = fields.Enum(MedioDeAviso, by_value=True, allow_none=True)
    constancia = fields.String(allow_none=True)


class AvisoDadoSchema(AvisoAsentadoSchema):
    """The same, with who decided it."""

    decidido_por = fields.String()


class RelojSchema(Schema):
    """A clock of an incident."""

    reloj = fields.String()
    estado = fields.String()
    vence_en = fields.AwareDateTime()
    terminado_en = fields.AwareDateTime(allow_none=True)


class IncidenteResumenSchema(Schema):
    """An incident in a list."""

    id = fields.UUID()
    folio = fields.String()
    causa = fields.Enum(Causa, by_value=True)
    estado = fields.Enum(Estado, by_value=True)
    riesgo = fields.Enum(RiesgoParaPersonas, by_value=True, allow_none=True)
    conocido_en = fields.AwareDateTime()
    reportado_en = fields.AwareDateTime()
    vence_en = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class IncidentesSchema(Schema):
    """The tray."""

    incidentes = fields.List(fields.Nested(IncidenteResumenSchema))


class PersonaVinculadaSchema(Schema):
    """Somebody whose data it reached, by what says nothing about them."""

    id = fields.UUID()
    folio = fields.String()


class IncidenteSchema(IncidenteResumenSchema):
    """An incident with all that is known of it."""

    relato = fields.String()
    reportado_por = fields.String()
    delegado_nombre = fields.String()
    naturalezas = fields.List(fields.String())
    categorias = fields.List(fields.String())
    protegidas = fields.List(
        fields.String(),
        metadata={"description": "Lo que la ley protege más, según las categorías de datos"},
    )
    sistemas = fields.List(fields.String())
    efectos = fields.String(allow_none=True)
    personas_aprox = fields.Integer(allow_none=True)
    personas = fields.List(fields.Nested(PersonaVinculadaSchema))
    obliga = fields.List(
        fields.Enum(Destinatario, by_value=True),
        metadata={"description": "A quién pide la ley comunicarlo, según se lee aquí"},
    )
    catalogo_version = fields.String()
    terminado_en = fields.AwareDateTime(allow_none=True)
    faltas = fields.List(fields.String())
    acciones = fields.List(fields.Enum(Accion, by_value=True))
    avisos = fields.List(fields.Nested(AvisoDadoSchema))
    relojes = fields.List(fields.Nested(RelojSchema))
    pasos = fields.List(fields.Nested(PasoDeIncidenteSchema))


class AlcanzadasSchema(Schema):
    """Whose data an account read or changed, how many lists it saw, and which services did not
    say so: with one of them away there may be more.
    """

    personas = fields.List(fields.Nested(PersonaVinculadaSchema))
    listas = fields.Integer()
    sin_respuesta = fields.List(fields.String())


class MedidaTomadaSchema(Schema):
    """A measure in the register."""

    clase = fields.Enum(ClaseDeMedida, by_value=True)
    texto = fields.String()
    tomada_en = fields.AwareDateTime()


class AsientoSchema(Schema):
    """A breach as the Agency may ask for it: nobody who reported it, and nobody whom it reached."""

    folio = fields.String()
    estado = fields.Enum(Estado, by_value=True)
    causa = fields.Enum(Causa, by_value=True)
    conocido_en = fields.AwareDateTime()
    naturalezas = fields.List(fields.String())
    efectos = fields.String(allow_none=True)
    categorias = fields.List(fields.String())
    protegidas = fields.List(fields.String())
    personas_aprox = fields.Integer(allow_none=True)
    personas_identificadas = fields.Integer()
    sistemas = fields.List(fields.String())
    riesgo = fields.Enum(RiesgoParaPersonas, by_value=True, allow_none=True)
    medidas = fields.List(fields.Nested(MedidaTomadaSchema))
    avisos = fields.List(fields.Nested(AvisoAsentadoSchema))
    terminado_en = fields.AwareDateTime(allow_none=True)


class RegistroDeIncidentesSchema(Schema):
    """The register, and under which reading of the law it is kept."""

    version = fields.String()
    fuente = fields.String()
    incidentes = fields.List(fields.Nested(AsientoSchema))


class SeguimientoDeIncidenteSchema(Schema):
    """How an incident stands, for the service that writes about it."""

    folio = fields.String(required=True)
    estado = fields.Enum(Estado, by_value=True, required=True)
    corren = fields.Dict(
        keys=fields.String(),
        values=fields.AwareDateTime(),
        required=True,
        metadata={"description": "Los relojes que corren y cuándo vence cada uno"},
    )
