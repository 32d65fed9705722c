"""What comes in and goes out of a derivation; the same for JSON and form."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.consentimientos.models import BaseLicitud
from casos.consentimientos.schemas import ComoSeDioSchema, exigir_legibles, fundamento
from casos.derivaciones.actions import SIN_NADA, NuevaDerivacion
from casos.derivaciones.paquete import Categoria
from casos.derivaciones.respuestas import Respuesta
from casos.derivaciones.states import (
    NO_SE_ELIGEN,
    NO_SE_REGISTRAN,
    Accion,
    CanalRespuesta,
    Estado,
    Grado,
    MotivoAnulacion,
)
from casos.derivaciones.sugerencias import AvisoDeCupo
from casos.red.models import Capacidad, Modo
from oficina import clock
from oficina.web.forms import DIAS


def _hasta_hoy(dia: date) -> None:
    DIAS(dia)
    if dia > clock.today():
        raise ValidationError(_("No puede ser un día que todavía no llega."))


@dataclass(frozen=True)
class DatosRespuesta:
    """What was answered, and by which way when an officer writes it down."""

    motivo: str | None
    texto: str | None
    canal: CanalRespuesta | None = None
    quien: str | None = None
    cuando: date | None = None


@dataclass(frozen=True)
class PedidoDerivacion:
    """A new derivation; `confirmada` sends it at once, by who has seen what will be shared."""

    caso_id: UUID
    nueva: NuevaDerivacion
    confirmada: bool


class QueSeDerivaSchema(Schema):
    """What is derived, where to and on which basis."""

    servicio_id = fields.UUID(required=True)
    proposito = fields.String(
        required=True,
        error_messages={"required": _l("Escriba para qué se deriva.")},
        validate=validate.Length(
            10, 1000, error=_l("Escriba para qué se deriva, en 10 a 1000 caracteres.")
        ),
    )
    modo = fields.Enum(
        Modo,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "Cómo viaja; si no se dice, como recibe el servicio"},
    )
    datos = fields.List(
        fields.String(),
        load_default=list,
        metadata={
            "description": "Códigos de los datos elegidos uno por uno; "
            "si la persona va por su cuenta no se comparte ninguno"
        },
    )
    base_licitud = fields.Enum(
        BaseLicitud,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "Hace falta si se comparte algún dato"},
    )
    reemplaza_a = fields.UUID(load_default=None, allow_none=True)


class NuevaDerivacionSchema(ComoSeDioSchema, QueSeDerivaSchema):
    """A derivation to prepare, and how the person consented when that is the basis."""

    @validates_schema(skip_on_field_errors=False)
    def _consentida(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Whatever else is wrong, what is not said of the data and of the consent is told with it.

        Who goes by themselves shares nothing, and needs no basis.
        """
        if data.get("modo") is Modo.AUTOGESTIONADA:
            return
        faltan = fundamento(base, data).faltas() if (base := data.get("base_licitud")) else {}
        if not base:
            faltan["base_licitud"] = [_("Elija la base legal para compartir los datos.")]
        if not data.get("datos"):
            faltan["datos"] = [str(SIN_NADA)]
        exigir_legibles(faltan, data)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        return nueva(data)


class PedidoDerivacionSchema(NuevaDerivacionSchema):
    """A derivation over the API."""

    caso_id = fields.UUID(required=True)
    confirmada = fields.Boolean(
        load_default=False,
        metadata={"description": "Enviar de inmediato: quien pide ya vio el paquete"},
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> PedidoDerivacion:
        return PedidoDerivacion(data["caso_id"], nueva(data), data["confirmada"])


def nueva(data: dict[str, Any]) -> NuevaDerivacion:
    """The request that the fields describe."""
    modo: Modo | None = data.get("modo")
    sola = modo is Modo.AUTOGESTIONADA
    datos: list[str] = [] if sola else data["datos"]
    base = BaseLicitud.FUNCION_LEGAL if sola else data["base_licitud"]
    reemplaza_a: UUID | None = data.get("reemplaza_a")
    return NuevaDerivacion(
        servicio_id=data["servicio_id"],
        proposito=data["proposito"],
        datos=tuple(dict.fromkeys(datos)),
        fundamento=fundamento(base, data),
        reemplaza_a=reemplaza_a,
        modo=modo,
    )


class RespuestaSchema(Schema):
    """An answer of the institution itself."""

    motivo = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    texto = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=2000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> DatosRespuesta:
        return DatosRespuesta(**data)


class RespuestaRegistradaSchema(RespuestaSchema):
    """An answer that an officer writes down: by which way it came decides its evidence.

    Of a step that is known beforehand, all that is wrong is told at once.
    """

    def __init__(self, accion: Accion | None = None, **options: Any) -> None:
        """`accion` is the step that was answered."""
        super().__init__(**options)
        self.accion = accion

    canal = fields.Enum(
        CanalRespuesta,
        by_value=True,
        required=True,
        error_messages={"required": _l("Indique cómo se supo.")},
        validate=validate.NoneOf(
            list(NO_SE_REGISTRAN),
            error=_l("Por el enlace o la bandeja responde solo la institución."),
        ),
    )

    quien = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=160))
    cuando = fields.Date(load_default=None, allow_none=True, validate=_hasta_hoy)

    @validates_schema(skip_on_field_errors=False)
    def _completa(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if self.accion is not None:
            dicho = Respuesta(
                accion=self.accion, motivo=data.get("motivo"), texto=data.get("texto")
            )
            exigir_legibles(dicho.faltas(), data)


class AnulacionSchema(Schema):
    """Why a derivation is taken back."""

    motivo = fields.Enum(
        MotivoAnulacion,
        by_value=True,
        required=True,
        error_messages={"required": _l("Elija uno de los motivos.")},
        validate=validate.NoneOf(NO_SE_ELIGEN, error=_l("Elija uno de los motivos.")),
    )


class VerificacionSchema(Schema):
    """What the person said."""

    texto = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=2000))


class FiltroSchema(Schema):
    """Whose derivations."""

    caso_id = fields.UUID(required=True)


class RespuestaLedgerSchema(Schema):
    """One answer as it came."""

    id = fields.UUID()
    accion = fields.Enum(Accion, by_value=True)
    estado_resultante = fields.Enum(Estado, by_value=True)
    grado = fields.Enum(Grado, by_value=True)
    canal = fields.Enum(CanalRespuesta, by_value=True)
    motivo_codigo = fields.String(allow_none=True)
    texto = fields.String(allow_none=True)
    tardia = fields.Boolean()
    dicha_por = fields.String(allow_none=True)
    dicha_el = fields.Date(allow_none=True)
    adopta_a_id = fields.UUID(allow_none=True)
    registrada_por = fields.String()
    registrada_en = fields.AwareDateTime()


class DerivacionResumenSchema(Schema):
    """A derivation in a list."""

    id = fields.UUID()
    folio = fields.String()
    caso_id = fields.UUID()
    estado = fields.Enum(Estado, by_value=True)
    modo = fields.Enum(Modo, by_value=True)
    prioridad = fields.String()
    base_licitud = fields.Enum(BaseLicitud, by_value=True)
    motivo_codigo = fields.String(allow_none=True)
    grado_evidencia = fields.Enum(Grado, by_value=True, allow_none=True)
    reemplaza_a_id = fields.UUID(allow_none=True)
    creada_en = fields.AwareDateTime()
    enviada_en = fields.AwareDateTime(allow_none=True)
    terminada_en = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()
    institucion = fields.Pluck("InstitucionSiglaSchema", "sigla")
    servicio = fields.Pluck("ServicioCodigoSchema", "codigo")


class InstitucionSiglaSchema(Schema):
    """The acronym of an institution."""

    sigla = fields.String()


class ServicioCodigoSchema(Schema):
    """The code of a service."""

    codigo = fields.String()


class DerivacionesSchema(Schema):
    """The derivations of a case."""

    derivaciones = fields.List(fields.Nested(DerivacionResumenSchema))


class ListaDeDerivacionesSchema(DerivacionesSchema):
    """Derivations of a list; `despues` is where the next ones begin, if there are more."""

    total = fields.Integer()
    despues = fields.String(allow_none=True)


class DatoSchema(Schema):
    """One datum of a package."""

    codigo = fields.String()
    categoria = fields.Enum(Categoria, by_value=True)
    valor = fields.String()
    detalle = fields.String()


class PaqueteSchema(Schema):
    """What the institution sees."""

    institucion = fields.String()
    servicio = fields.String()
    proposito = fields.String()
    contacto_permitido = fields.Boolean()
    canales_vedados = fields.List(fields.String(), attribute="contacto.canales_vedados")
    desde = fields.String(
        allow_none=True,
        attribute="contacto.desde",
        metadata={"description": "Desde qué hora de Chile se la puede contactar"},
    )
    hasta = fields.String(allow_none=True, attribute="contacto.hasta")
    canal_preferido = fields.String(allow_none=True)
    datos = fields.List(fields.Nested(DatoSchema))


class DerivacionSchema(DerivacionResumenSchema):
    """A derivation with its package and its answers."""

    paquete = fields.Nested(PaqueteSchema, attribute="contenido")
    vista = fields.String(
        attribute="huella",
        metadata={"description": "Huella de lo que se comparte: se devuelve al enviar"},
    )
    respuestas = fields.List(fields.Nested(RespuestaLedgerSchema))
    acciones = fields.List(fields.Enum(Accion, by_value=True))


class SeguimientoDeDerivacionSchema(Schema):
    """How a derivation stands, for a service that writes to staff or institution about it."""

    folio = fields.String(required=True)
    estado = fields.Enum(Estado, by_value=True, required=True)
    por_decidir = fields.Boolean(required=True)
    responsable_id = fields.UUID(required=True, allow_none=True)
    institucion = fields.String(required=True)
    institucion_id = fields.UUID(required=True)
    servicio = fields.String(required=True)
    correo = fields.String(required=True, allow_none=True)
    solo = fields.List(
        fields.UUID(),
        allow_none=True,
        metadata={"description": "De un caso sellado, las únicas personas que pueden saberlo"},
    )


class PreguntaAPersonaSchema(Schema):
    """What a person is asked about a derivation, for the message that asks."""

    folio = fields.String(required=True)
    persona_id = fields.UUID(required=True)
    direccion = fields.String(required=True)


class EnlaceNuevoSchema(Schema):
    """A fresh link, for the message that carries it."""

    correo = fields.String(allow_none=True)
    institucion = fields.String()
    folio = fields.String()
    servicio = fields.String()
    url = fields.String(allow_none=True)
    vence_en = fields.AwareDateTime(allow_none=True)


class EnlaceSchema(Schema):
    """What a link shows: the package only while the institution has something to do."""

    folio = fields.String()
    estado = fields.Enum(Estado, by_value=True)
    institucion = fields.String()
    servicio = fields.String()
    base_licitud = fields.Enum(BaseLicitud, by_value=True)
    paquete = fields.Nested(PaqueteSchema, allow_none=True)
    acciones = fields.List(fields.Enum(Accion, by_value=True))


class FiltroDeOpcionesSchema(FiltroSchema):
    """Whose data could be shared, and with which service."""

    servicio_id = fields.UUID(
        load_default=None,
        metadata={"description": "Además, qué saber de este servicio antes de derivar a él"},
    )


class AlternativaSchema(Schema):
    """Another service for the same need."""

    id = fields.UUID()
    codigo = fields.String()
    nombre = fields.String()
    institucion = fields.Pluck("InstitucionSiglaSchema", "sigla")
    capacidad = fields.Enum(Capacidad, by_value=True)
    capacidad_el = fields.Date(allow_none=True)


class OpcionesSchema(Schema):
    """What of the person could be shared, to choose from one by one; of a service, what to know of
    its room and which others answer the same need.
    """

    datos = fields.List(fields.Nested(DatoSchema))
    avisos = fields.List(fields.Enum(AvisoDeCupo, by_value=True))
    alternativas = fields.List(fields.Nested(AlternativaSchema))


class ConfirmacionSchema(Schema):
    """What was shown before sending, by its mark (`vista` of the draft)."""

    vista = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))
