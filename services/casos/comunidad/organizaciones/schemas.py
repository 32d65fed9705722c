"""What comes in about an organisation and what goes out; the same for JSON and form."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Texto
from casos.comunidad.organizaciones.models import (
    Cargo,
    RegistroPersonalidad,
    TipoOrganizacion,
)
from casos.comunidad.organizaciones.states import Accion, Estado
from casos.personas.schemas import es_codigo_de_pais
from casos.taxonomia import temas
from oficina.contacto import normalizar_telefono
from oficina.web.forms import DIAS
from oficina.web.names import is_a_name

MAXIMO_INTEGRANTES = 50


class Directivas(StrEnum):
    """How the board of an organisation stands, to list by."""

    VIGENTE = "vigente"
    POR_VENCER = "por_vencer"
    VENCIDA = "vencida"
    SIN_DIRECTIVA = "sin_directiva"


@dataclass(frozen=True, kw_only=True)
class DatosOrganizacion:
    """What is written down of an organisation."""

    nombre: str
    tipo: TipoOrganizacion
    registro: RegistroPersonalidad | None = None
    personalidad_numero: str | None = None
    personalidad_desde: date | None = None
    personalidad_hasta: date | None = None
    nacionalidades: list[str] = field(default_factory=list)
    territorio: str = ""
    temas: list[str] = field(default_factory=list)
    correo: str | None = None
    telefono: str | None = None
    direccion: str | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaDirectiva:
    """A board that was elected."""

    desde: date
    hasta: date
    integrantes: int | None = None
    presidencia: str | None = None
    vicepresidencia: str | None = None
    secretaria: str | None = None
    tesoreria: str | None = None
    consintieron_el: date | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class PasoConNota:
    """A step, and why it is taken."""

    nota: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NombreQuitado:
    """Whose name is forgotten."""

    directiva_id: UUID
    cargo: Cargo
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Filtro:
    """Which organisations to list."""

    texto: str = ""
    nacionalidad: str | None = None
    tema: str | None = None
    estado: Estado | None = None
    directiva: Directivas | None = None
    pagina: int = 1


def _es_tema(codigo: str) -> None:
    if codigo not in temas():
        raise ValidationError(_("No conocemos ese tema."))


class _ConVersionSchema(Schema):
    version = fields.Integer(load_default=None, allow_none=True)


class DatosOrganizacionSchema(_ConVersionSchema):
    """An organisation."""

    nombre = Texto(required=True, validate=[validate.Length(1, 200), is_a_name])
    tipo = fields.Enum(TipoOrganizacion, by_value=True, required=True)
    registro = fields.Enum(RegistroPersonalidad, by_value=True, load_default=None, allow_none=True)
    personalidad_numero = Texto(
        load_default=None, allow_none=True, validate=validate.Length(max=40)
    )
    personalidad_desde = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    personalidad_hasta = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    nacionalidades = fields.List(
        fields.String(validate=es_codigo_de_pais),
        load_default=list,
        validate=validate.Length(max=20),
    )
    territorio = Texto(load_default="", validate=validate.Length(max=160))
    temas = fields.List(
        fields.String(validate=_es_tema), load_default=list, validate=validate.Length(max=20)
    )
    correo = fields.Email(load_default=None, allow_none=True, validate=validate.Length(max=160))
    telefono = Texto(load_default=None, allow_none=True, validate=validate.Length(max=40))
    direccion = Texto(load_default=None, allow_none=True, validate=validate.Length(max=200))

    @validates_schema
    def _cierto(self, data: dict[str, Any], **_kwargs: Any) -> None:
        tiene = data.get("registro") is not None
        if tiene and not data.get("personalidad_numero"):
            raise ValidationError(_("Escriba el número de la inscripción."), "personalidad_numero")
        dice = ("personalidad_numero", "personalidad_desde", "personalidad_hasta")
        if not tiene and any(data.get(campo) for campo in dice):
            raise ValidationError(_("Elija en qué registro está inscrita."), "registro")
        desde, hasta = data.get("personalidad_desde"), data.get("personalidad_hasta")
        if desde and hasta and hasta < desde:
            raise ValidationError(_("El término es anterior al comienzo."), "personalidad_hasta")
        if data.get("telefono") and normalizar_telefono(data["telefono"]) is None:
            raise ValidationError(
                _("No parece un teléfono. Ejemplos: 9 8623 0047, +509 3412 3456."), "telefono"
            )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> DatosOrganizacion:
        telefono = data["telefono"]
        data["telefono"] = normalizar_telefono(telefono) if telefono else None
        for lista in ("nacionalidades", "temas"):
            data[lista] = list(dict.fromkeys(data[lista]))
        return DatosOrganizacion(**data)


class NuevaDirectivaSchema(_ConVersionSchema):
    """A board. Whoever is named in it agreed, and when."""

    desde = fields.Date(required=True, validate=DIAS)
    hasta = fields.Date(required=True, validate=DIAS)
    integrantes = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(1, MAXIMO_INTEGRANTES)
    )
    presidencia = Texto(
        load_default=None, allow_none=True, validate=[validate.Length(max=160), is_a_name]
    )
    vicepresidencia = Texto(
        load_default=None, allow_none=True, validate=[validate.Length(max=160), is_a_name]
    )
    secretaria = Texto(
        load_default=None, allow_none=True, validate=[validate.Length(max=160), is_a_name]
    )
    tesoreria = Texto(
        load_default=None, allow_none=True, validate=[validate.Length(max=160), is_a_name]
    )
    consintieron_el = fields.Date(load_default=None, allow_none=True, validate=DIAS)

    @validates_schema
    def _cierto(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("desde") and data.get("hasta") and data["hasta"] <= data["desde"]:
            raise ValidationError(_("El término es anterior al comienzo."), "hasta")
        nombradas = any(data.get(cargo.value) for cargo in Cargo)
        if nombradas and not data.get("consintieron_el"):
            raise ValidationError(
                _("Sin el consentimiento de cada persona, deje los nombres en blanco."),
                "consintieron_el",
            )
        if data.get("consintieron_el") and not nombradas:
            raise ValidationError(_("No nombró a nadie."), "consintieron_el")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaDirectiva:
        return NuevaDirectiva(**data)


class PasoDeOrganizacionSchema(_ConVersionSchema):
    """Why a step is taken."""

    nota = Texto(required=True, validate=validate.Length(1, 500))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> PasoConNota:
        return PasoConNota(**data)


class NombreQuitadoSchema(_ConVersionSchema):
    """Which name is forgotten."""

    directiva_id = fields.UUID(required=True)
    cargo = fields.Enum(Cargo, by_value=True, required=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NombreQuitado:
        return NombreQuitado(**data)


class FiltroOrganizacionesSchema(Schema):
    """Which organisations to list."""

    texto = Texto(load_default="", validate=validate.Length(max=80))
    nacionalidad = fields.String(load_default=None, validate=es_codigo_de_pais)
    tema = fields.String(load_default=None, validate=_es_tema)
    estado = fields.Enum(Estado, by_value=True, load_default=None)
    directiva = fields.Enum(Directivas, by_value=True, load_default=None)
    pagina = fields.Integer(load_default=1, validate=validate.Range(1, 10**6))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Filtro:
        return Filtro(**data)


class OrganizacionSchema(Schema):
    """An organisation, without the people of its board."""

    id = fields.UUID()
    folio = fields.String()
    nombre = fields.String()
    tipo = fields.Enum(TipoOrganizacion, by_value=True)
    registro = fields.Enum(RegistroPersonalidad, by_value=True, allow_none=True)
    personalidad_numero = fields.String(allow_none=True)
    personalidad_desde = fields.Date(allow_none=True)
    personalidad_hasta = fields.Date(allow_none=True)
    nacionalidades = fields.List(fields.String())
    territorio = fields.String()
    temas = fields.List(fields.String())
    correo = fields.String(allow_none=True)
    telefono = fields.String(allow_none=True)
    direccion = fields.String(allow_none=True)
    estado = fields.Enum(Estado, by_value=True)
    directiva_hasta = fields.Date(allow_none=True)
    acciones = fields.List(fields.Enum(Accion, by_value=True))
    version = fields.Integer()


class OrganizacionesSchema(Schema):
    """A page of organisations."""

    organizaciones = fields.List(fields.Nested(OrganizacionSchema))
    total = fields.Integer()
    pagina = fields.Integer()
    paginas = fields.Integer()


class DirectivaSchema(Schema):
    """A board, with whoever agreed to be named."""

    id = fields.UUID()
    desde = fields.Date()
    hasta = fields.Date()
    integrantes = fields.Integer(allow_none=True)
    nombres = fields.Dict(keys=fields.Enum(Cargo, by_value=True), values=fields.String())
    consintieron_el = fields.Date(allow_none=True)


class PasoDeHistoriaSchema(Schema):
    """A line of the history."""

    accion = fields.String()
    nota = fields.String(allow_none=True)
    por = fields.String()
    ocurrido_en = fields.AwareDateTime()


class DirectivasSchema(Schema):
    """The boards of an organisation, the last one on top, and what happened to it."""

    directivas = fields.List(fields.Nested(DirectivaSchema))
    historia = fields.List(fields.Nested(PasoDeHistoriaSchema))
