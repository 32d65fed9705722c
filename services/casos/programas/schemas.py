"""What comes in about a programme and what goes out; the same for JSON and form."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import CodigoPropio, Pesos, Texto
from casos.programas.actions import Asignacion, DatosPrograma, NuevosRequisitos, Requisito
from casos.programas.models import Fuente, Reparto, TipoBeneficio, TipoMovimiento
from casos.programas.reglas import reglas
from casos.programas.states import Accion, Estado

RENGLONES = 12
"""How many requirements a programme may have."""


class DatosProgramaSchema(Schema):
    """A programme."""

    codigo = CodigoPropio()
    nombre = Texto(required=True, validate=validate.Length(1, 160))
    descripcion = Texto(load_default="", validate=validate.Length(max=2000))
    tipo = fields.Enum(TipoBeneficio, by_value=True, required=True)
    fuente = fields.Enum(Fuente, by_value=True, required=True)
    convenio_id = fields.UUID(load_default=None, allow_none=True)
    anio = fields.Integer(required=True, strict=False, validate=validate.Range(2000, 2999))
    periodo = fields.String(required=True, validate=validate.OneOf(sorted(reglas().periodos)))
    tope_persona_clp = Pesos(load_default=None, allow_none=True)
    reparto = fields.Enum(Reparto, by_value=True, load_default=Reparto.POR_HOGAR)
    tope_hogar_clp = Pesos(load_default=None, allow_none=True)
    responsable_id = fields.UUID(required=True)
    version = fields.Integer(load_default=None, allow_none=True)

    @validates_schema
    def _tope_de_hogar(self, data: dict[str, Any], **_kwargs: Any) -> None:
        por_persona = data.get("reparto") is Reparto.POR_PERSONA
        if por_persona and data.get("tope_hogar_clp") is not None:
            raise ValidationError(_("Solo si se da por hogar."), "tope_hogar_clp")

    @validates_schema
    def _con_convenio(self, data: dict[str, Any], **_kwargs: Any) -> None:
        de_convenio = data.get("fuente") is Fuente.CONVENIO
        if de_convenio and not data.get("convenio_id"):
            raise ValidationError(_("Diga de qué convenio vienen los fondos."), "convenio_id")
        if not de_convenio and data.get("convenio_id"):
            raise ValidationError(_("Solo si los fondos vienen de un convenio."), "convenio_id")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> DatosPrograma:
        return DatosPrograma(**data)


class RequisitoSchema(Schema):
    """One thing that is checked."""

    texto = Texto(required=True, validate=validate.Length(1, 300))
    documento = Texto(load_default="", validate=validate.Length(max=160))
    dias = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 3660))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Requisito:
        return Requisito(**data)


class NuevosRequisitosSchema(Schema):
    """Another version of what is asked for."""

    requisitos = fields.List(
        fields.Nested(RequisitoSchema),
        required=True,
        validate=validate.Length(1, RENGLONES, error=_l("Escriba al menos un requisito.")),
    )
    fuente = Texto(required=True, validate=validate.Length(1, 200))
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevosRequisitos:
        return NuevosRequisitos(**data)


class _EnRenglones(Schema):
    """The same as a form of some lines: those that are blank are none."""

    fuente = Texto(required=True, validate=validate.Length(1, 200))
    version = fields.Integer(load_default=None, allow_none=True)

    @validates_schema
    def _alguno(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not any(isinstance(uno, Requisito) for uno in data.values()):
            raise ValidationError(_("Escriba al menos un requisito."), "r1.texto")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevosRequisitos:
        return NuevosRequisitos(
            requisitos=[data[r] for r in CASILLAS if data.get(r)],
            fuente=data["fuente"],
            version=data["version"],
        )


CASILLAS = tuple(f"r{numero}" for numero in range(1, RENGLONES + 1))
RequisitosEnRenglonesSchema = _EnRenglones.from_dict(
    {casilla: fields.Nested(RequisitoSchema) for casilla in CASILLAS},
    name="RequisitosEnRenglonesSchema",
)


class AsignacionSchema(Schema):
    """Money that comes, or goes back."""

    monto_clp = Pesos(required=True, negativo=True)
    respaldo = Texto(required=True, validate=validate.Length(1, 200))
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Asignacion:
        return Asignacion(**data)


class FiltroProgramasSchema(Schema):
    """Whether to list closed ones too."""

    todos = fields.Boolean(load_default=False)


class PresupuestoSchema(Schema):
    """The money of a programme."""

    asignado_clp = fields.Integer()
    reservado_clp = fields.Integer()
    entregado_clp = fields.Integer()
    disponible_clp = fields.Integer()


class RequisitoVistoSchema(Schema):
    """One thing that is checked."""

    codigo = fields.String()
    texto = fields.String()
    documento = fields.String()
    dias = fields.Integer(allow_none=True)


class RequisitosSchema(Schema):
    """One version of what is asked for."""

    numero = fields.Integer()
    fuente = fields.String()
    escritos_en = fields.AwareDateTime()
    requisitos = fields.List(fields.Nested(RequisitoVistoSchema))


class ProgramaResumenSchema(Schema):
    """A programme in a list."""

    id = fields.UUID()
    folio = fields.String()
    codigo = fields.String(allow_none=True)
    nombre = fields.String()
    tipo = fields.Enum(TipoBeneficio, by_value=True)
    fuente = fields.Enum(Fuente, by_value=True)
    anio = fields.Integer()
    periodo = fields.String()
    estado = fields.Enum(Estado, by_value=True)
    presupuesto = fields.Nested(PresupuestoSchema)


class ProgramaSchema(ProgramaResumenSchema):
    """A programme, and what it asks for now."""

    descripcion = fields.String()
    convenio_id = fields.UUID(allow_none=True)
    tope_persona_clp = fields.Integer(allow_none=True)
    reparto = fields.Enum(Reparto, by_value=True)
    tope_hogar_clp = fields.Integer(allow_none=True)
    responsable_id = fields.UUID()
    responsable_nombre = fields.String()
    requisitos = fields.Nested(RequisitosSchema, allow_none=True)
    acciones = fields.List(fields.Enum(Accion, by_value=True))
    version = fields.Integer()


class ProgramasSchema(Schema):
    """Several programmes."""

    programas = fields.List(fields.Nested(ProgramaResumenSchema))


class MovimientoSchema(Schema):
    """A line of the ledger."""

    id = fields.UUID()
    tipo = fields.Enum(TipoMovimiento, by_value=True)
    monto_clp = fields.Integer()
    disponible_clp = fields.Integer()
    respaldo = fields.String()
    actor_nombre = fields.String()
    ocurrido_en = fields.AwareDateTime()


class MovimientosSchema(Schema):
    """The last lines of the ledger."""

    movimientos = fields.List(fields.Nested(MovimientoSchema))
