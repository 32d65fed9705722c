"""What comes in about a person and what goes out; the same for JSON and form."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Texto
from casos.contactos.pauta import Aviso
from casos.personas.catalogos import codigos_de_idioma, codigos_de_pais
from casos.personas.models import (
    CanalPreferido,
    NivelDocumento,
    NivelEspanol,
    PrecisionFecha,
    TipoContacto,
)
from oficina import clock
from oficina.contacto import normalizar_telefono
from oficina.identity_docs import (
    Documento,
    DocumentoInvalido,
    MotivoInvalido,
    TipoDocumento,
    normalizar,
)
from oficina.web.names import is_a_name

SEXOS = ("femenino", "masculino", "otro")

_MOTIVOS = {
    MotivoInvalido.VACIO: _l("Falta el número."),
    MotivoInvalido.FORMA: _l("Un RUN tiene 7 u 8 cifras y un dígito verificador: 12.345.678-5."),
    MotivoInvalido.DIGITO_VERIFICADOR: _l(
        "El dígito verificador no corresponde a este RUN. Revise el número o elija otro documento."
    ),
}


@dataclass(frozen=True, kw_only=True)
class DatosDocumento:
    """A document as the counter takes it."""

    documento: Documento
    nivel: NivelDocumento = NivelDocumento.DECLARADO
    vence_el: date | None = None


@dataclass(frozen=True, kw_only=True)
class DatosContacto:
    """A telephone (E.164) or an address of mail."""

    tipo: TipoContacto
    valor: str


@dataclass(frozen=True, kw_only=True)
class NuevaPersona:
    """Everything that is said of a person when registering; only the name must be there."""

    nombres: str
    primer_apellido: str = ""
    segundo_apellido: str = ""
    nombre_social: str | None = None
    fecha_nacimiento: date | None = None
    precision_fecha: PrecisionFecha = PrecisionFecha.DESCONOCIDA
    sexo: str | None = None
    genero: str | None = None
    nacionalidades: list[str] = field(default_factory=list)
    idiomas: list[str] = field(default_factory=list)
    nivel_espanol: NivelEspanol | None = None
    requiere_interprete: bool = False
    direccion: str | None = None
    no_contactar: bool = False
    canal_preferido: CanalPreferido | None = None
    documento: DatosDocumento | None = None
    contactos: tuple[DatosContacto, ...] = ()


def es_codigo_de_pais(codigo: str) -> None:
    """Raise ValidationError for a code that no country has."""
    if codigo not in codigos_de_pais():
        raise ValidationError(_("No conocemos ese código de país."))


def _es_codigo_de_idioma(codigo: str) -> None:
    if codigo not in codigos_de_idioma():
        raise ValidationError(_("No conocemos ese código de idioma."))


def _documento(tipo: TipoDocumento | None, numero: str, pais: str | None) -> Documento | None:
    """The document of three fields; ValidationError beside the one that is wrong."""
    if tipo in {None, TipoDocumento.SIN_DOCUMENTO}:
        if numero and tipo is None:
            raise ValidationError(_("Elija qué documento es."), "documento_tipo")
        return None
    try:
        return normalizar(tipo, numero, pais)
    except DocumentoInvalido as error:
        raise ValidationError(str(_MOTIVOS[error.motivo]), "documento_numero") from error


def _telefono(texto: str) -> str:
    numero = normalizar_telefono(texto)
    if numero is None:
        raise ValidationError(
            _("No parece un teléfono. Ejemplos: 9 8623 0047, +509 3412 3456."), "telefono"
        )
    return numero


class DatosPersonaSchema(Schema):
    """What people edit of a person's record."""

    nombres = Texto(required=True, validate=[validate.Length(1, 120), is_a_name])
    primer_apellido = Texto(load_default="", validate=validate.Length(max=80))
    segundo_apellido = Texto(load_default="", validate=validate.Length(max=80))
    nombre_social = Texto(
        load_default=None, allow_none=True, validate=[validate.Length(max=120), is_a_name]
    )
    fecha_nacimiento = fields.Date(load_default=None, allow_none=True)
    precision_fecha = fields.Enum(PrecisionFecha, by_value=True, load_default=None, allow_none=True)
    sexo = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(SEXOS))
    genero = Texto(load_default=None, allow_none=True, validate=validate.Length(max=40))
    nacionalidades = fields.List(
        fields.String(validate=es_codigo_de_pais),
        load_default=list,
        validate=validate.Length(max=5),
    )
    idiomas = fields.List(
        fields.String(validate=_es_codigo_de_idioma),
        load_default=list,
        validate=validate.Length(max=8),
    )
    nivel_espanol = fields.Enum(NivelEspanol, by_value=True, load_default=None, allow_none=True)
    requiere_interprete = fields.Boolean(load_default=False)
    direccion = Texto(load_default=None, allow_none=True, validate=validate.Length(max=200))
    no_contactar = fields.Boolean(load_default=False)
    canal_preferido = fields.Enum(CanalPreferido, by_value=True, load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=False)
    def _nacimiento_pasado(self, data: dict[str, Any], **_kwargs: Any) -> None:
        nacimiento = data.get("fecha_nacimiento")
        if nacimiento and not date(1900, 1, 1) <= nacimiento <= clock.today():
            raise ValidationError(
                _("La fecha de nacimiento debe estar entre 1900 y hoy."), "fecha_nacimiento"
            )


class NuevaPersonaSchema(DatosPersonaSchema):
    """A person to register, with at most one document and one contact of each kind."""

    documento_tipo = fields.Enum(TipoDocumento, by_value=True, load_default=None, allow_none=True)
    documento_numero = Texto(load_default="", validate=validate.Length(max=60))
    documento_pais = fields.String(load_default=None, allow_none=True, validate=es_codigo_de_pais)
    documento_nivel = fields.Enum(
        NivelDocumento, by_value=True, load_default=NivelDocumento.DECLARADO
    )
    telefono = Texto(load_default="", validate=validate.Length(max=60))
    correo = fields.Email(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=False)
    def _documento_que_existe(self, data: dict[str, Any], **_kwargs: Any) -> None:
        # Said together with what is wrong elsewhere: nobody mends a form twice.
        _documento(
            data.get("documento_tipo"), data.get("documento_numero", ""), data.get("documento_pais")
        )

    @validates_schema(skip_on_field_errors=False)
    def _telefono_que_existe(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if telefono := data.get("telefono"):
            _telefono(telefono)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaPersona:
        documento = _documento(
            data.pop("documento_tipo"), data.pop("documento_numero"), data.pop("documento_pais")
        )
        nivel = data.pop("documento_nivel")
        telefono, correo = data.pop("telefono"), data.pop("correo")
        contactos = []
        if telefono:
            contactos.append(DatosContacto(tipo=TipoContacto.TELEFONO, valor=_telefono(telefono)))
        if correo:
            contactos.append(DatosContacto(tipo=TipoContacto.CORREO, valor=correo))
        data["precision_fecha"] = precision(data["fecha_nacimiento"], data["precision_fecha"])
        return NuevaPersona(
            **data,
            documento=DatosDocumento(documento=documento, nivel=nivel) if documento else None,
            contactos=tuple(contactos),
        )


def precision(nacimiento: date | None, dicha: PrecisionFecha | None) -> PrecisionFecha:
    """How much is known of a birth date when nobody said: all of it, or nothing."""
    if nacimiento is None:
        return PrecisionFecha.DESCONOCIDA
    return dicha if dicha not in {None, PrecisionFecha.DESCONOCIDA} else PrecisionFecha.EXACTA


class EdicionPersonaSchema(DatosPersonaSchema):
    """Changes to a record. A form sends all of it; PATCH loads it with `partial=True`."""

    version = fields.Integer(load_default=None, allow_none=True)


class NuevoDocumentoSchema(Schema):
    """One more document."""

    documento_tipo = fields.Enum(TipoDocumento, by_value=True, required=True)
    documento_numero = Texto(load_default="", validate=validate.Length(max=60))
    documento_pais = fields.String(load_default=None, allow_none=True, validate=es_codigo_de_pais)
    documento_nivel = fields.Enum(
        NivelDocumento, by_value=True, load_default=NivelDocumento.DECLARADO
    )
    vence_el = fields.Date(
        load_default=None,
        allow_none=True,
        validate=validate.Range(date(1900, 1, 1), date(2999, 12, 31)),
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> DatosDocumento:
        documento = _documento(
            data["documento_tipo"], data["documento_numero"], data["documento_pais"]
        )
        if documento is None:
            raise ValidationError(_("Elija qué documento es."), "documento_tipo")
        return DatosDocumento(
            documento=documento, nivel=data["documento_nivel"], vence_el=data["vence_el"]
        )


class NuevoContactoSchema(Schema):
    """One more way to reach the person."""

    tipo = fields.Enum(TipoContacto, by_value=True, required=True)
    valor = Texto(required=True, validate=validate.Length(3, 120))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> DatosContacto:
        valor: str = data["valor"]
        if data["tipo"] is TipoContacto.CORREO:
            try:
                validate.Email()(valor)
            except ValidationError as error:
                raise ValidationError(error.messages, "valor") from error
            return DatosContacto(tipo=data["tipo"], valor=valor)
        try:
            return DatosContacto(tipo=data["tipo"], valor=_telefono(valor))
        except ValidationError as error:
            raise ValidationError(error.messages, "valor") from error


class DocumentoSchema(Schema):
    """A document, its number masked unless it was asked for."""

    id = fields.UUID()
    tipo = fields.Enum(TipoDocumento, by_value=True)
    numero = fields.String()
    pais_emisor = fields.String(allow_none=True)
    vence_el = fields.Date(allow_none=True)
    nivel = fields.Enum(NivelDocumento, by_value=True)
    nivel_por = fields.String()
    nivel_en = fields.AwareDateTime(allow_none=True)
    principal = fields.Boolean()


class DocumentoRetiradoSchema(DocumentoSchema):
    """A document that is of use no more."""

    retirado_en = fields.AwareDateTime()
    retirado_por = fields.String()
    retiro_motivo = fields.String()


class ContactoSchema(Schema):
    """A contact, masked unless it was asked for."""

    id = fields.UUID()
    tipo = fields.Enum(TipoContacto, by_value=True)
    valor = fields.String()


class PersonaResumenSchema(Schema):
    """A person in a list."""

    id = fields.UUID()
    folio = fields.String()
    nombre = fields.String()
    nacionalidades = fields.List(fields.String())
    fecha_nacimiento = fields.Date(allow_none=True)
    precision_fecha = fields.Enum(PrecisionFecha, by_value=True)


class CargoSchema(Schema):
    """Who has the cases of somebody whom the reader does not see."""

    nombres = fields.List(fields.String())
    reservados = fields.List(
        fields.String(), metadata={"description": "Folios de casos reservados; nada más se sabe"}
    )
    alguien = fields.Boolean(
        metadata={"description": "Si hay un caso que espera que alguien lo tome"}
    )


class AjenoSchema(Schema):
    """Somebody whom the reader does not see: in which fields they match, and whom to ask."""

    razones = fields.List(fields.String())
    cargo = fields.Nested(CargoSchema)


class PosibleDuplicadoSchema(Schema):
    """A record that looks like this one, and why."""

    persona = fields.Nested(PersonaResumenSchema)
    razones = fields.List(fields.String())
    puntaje = fields.Integer()


class PersonaSchema(PersonaResumenSchema):
    """A person's record."""

    nombres = fields.String()
    primer_apellido = fields.String()
    segundo_apellido = fields.String()
    nombre_social = fields.String(allow_none=True)
    sexo = fields.String(allow_none=True)
    genero = fields.String(allow_none=True)
    idiomas = fields.List(fields.String())
    nivel_espanol = fields.Enum(NivelEspanol, by_value=True, allow_none=True)
    requiere_interprete = fields.Boolean()
    direccion = fields.String(allow_none=True)
    no_contactar = fields.Boolean()
    avisos = fields.List(fields.Enum(Aviso, by_value=True))
    canal_preferido = fields.Enum(CanalPreferido, by_value=True, allow_none=True)
    documentos = fields.List(fields.Nested(DocumentoSchema))
    documentos_retirados = fields.List(fields.Nested(DocumentoRetiradoSchema))
    contactos = fields.List(fields.Nested(ContactoSchema))
    posibles_duplicados = fields.List(fields.Nested(PosibleDuplicadoSchema))
    posibles_duplicados_ajenos = fields.List(fields.Nested(AjenoSchema))
    preguntar_a_coordinacion = fields.Boolean()
    hay_bloqueada = fields.Boolean()
    registrada_en = fields.AwareDateTime()
    version = fields.Integer()


class BusquedaSchema(Schema):
    """What to look for."""

    q = fields.String(load_default="", validate=validate.Length(max=200))


class IdsSchema(Schema):
    """People to name; `id` repeats."""

    id = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 100))


class QuienesSchema(Schema):
    """Folios or documents, as somebody wrote them."""

    quienes = fields.List(
        fields.String(validate=validate.Length(1, 60)),
        required=True,
        validate=validate.Length(1, 500),
    )


class NombreSchema(Schema):
    """How a person is called, and what whoever deals with them must see first."""

    id = fields.UUID()
    nombre = fields.String()
    avisos = fields.List(fields.Enum(Aviso, by_value=True))


class IdentificadaSchema(Schema):
    """Who was meant; nobody also when the reader may not see them."""

    persona = fields.Nested(NombreSchema, allow_none=True)
    varias = fields.Boolean(
        metadata={"description": "El documento es de más de una ficha: use el folio"}
    )


class HallazgoSchema(Schema):
    """A person found, and why."""

    persona = fields.Nested(PersonaResumenSchema)
    razones = fields.List(fields.String())


class ReservadoSchema(Schema):
    """A reserved case in which the reader is not named."""

    id = fields.UUID()
    folio = fields.String()


class HallazgosSchema(Schema):
    """What a search found."""

    resultados = fields.List(fields.Nested(HallazgoSchema))
    hay_mas = fields.Boolean()
    ajenos = fields.List(fields.Nested(AjenoSchema))
    reservado = fields.Nested(ReservadoSchema, allow_none=True)
    preguntar_a_coordinacion = fields.Boolean()
    hay_bloqueada = fields.Boolean()


class VistaPersonaSchema(Schema):
    """How to show a person."""

    mostrar = fields.String(load_default=None, validate=validate.OneOf(["contacto"]))


class HorarioSchema(Schema):
    """Hours of the day in Chile."""

    desde = fields.Time("%H:%M")
    hasta = fields.Time("%H:%M")


class ContactoSeguroSchema(Schema):
    """What a message needs to know of the person it goes to."""

    persona_id = fields.UUID()
    nombre = fields.String()
    idioma = fields.String()
    telefono = fields.String(allow_none=True)
    correo = fields.String(allow_none=True)
    canal_preferido = fields.Enum(CanalPreferido, by_value=True, allow_none=True)
    no_contactar = fields.Boolean()
    fallecida = fields.Boolean()
    canales_vedados = fields.List(fields.Enum(CanalPreferido, by_value=True))
    horario = fields.Nested(HorarioSchema, allow_none=True)
    admite_recordatorios = fields.Boolean()
