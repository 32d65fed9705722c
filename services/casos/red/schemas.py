"""What comes in and goes out of the directory of the network; the same for JSON and form."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Texto
from casos.derivaciones.paquete import Categoria
from casos.personas.catalogos import codigos_de_idioma
from casos.red import horarios
from casos.red.datos import (
    DatosContacto,
    DatosCupo,
    DatosInstitucion,
    DatosLugar,
    DatosSede,
    DatosServicio,
)
from casos.red.models import (
    Ambito,
    Capacidad,
    EstadoServicio,
    FuenteDato,
    Institucion,
    Lugar,
    Modo,
    Papel,
    Sede,
    TipoInstitucion,
    TipoSede,
)
from casos.red.verificaciones.vigencia import clases_vencidas
from casos.red.vistas import direccion_visible, telefono_visible
from casos.subtemas.presentes import se_ofrece

ANIOS = validate.Range(0, 120)


CODIGO_DE_SERVICIO = re.compile(r"[A-Z0-9][A-Z0-9_.-]{1,59}")
"""What a service may be called in files: letters, digits, dots, hyphens."""


class Lineas(fields.List[Any]):
    """Several texts: a list, or a line each as people write them in a form."""

    def __init__(self, maximo: int = 20, largo: int = 160, **kwargs: Any) -> None:
        """At most so many texts of at most so many letters."""
        uno = Texto(validate=validate.Length(1, largo))
        super().__init__(uno, validate=validate.Length(max=maximo), **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, str):
            value = value.splitlines()
        if isinstance(value, list) and all(isinstance(uno, str) for uno in value):
            value = [linea.strip() for uno in value for linea in uno.splitlines() if linea.strip()]
        return list(super()._deserialize(value, *args, **kwargs))


class Identificadores(Lineas):
    """What other bodies call it: «RUT: 60.000.000-0», a line each."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        hallados = []
        for linea in super()._deserialize(value, *args, **kwargs):
            esquema, dos_puntos, valor = linea.partition(":")
            if not (dos_puntos and esquema.strip() and valor.strip()):
                raise ValidationError(_("Escriba cada uno así: RUT: 60.000.000-0."))
            hallados.append({"esquema": esquema.strip(), "valor": valor.strip()})
        return hallados

    def _serialize(self, value: Any, *_args: Any, **_kwargs: Any) -> list[str]:
        return [f"{uno['esquema']}: {uno['valor']}" for uno in value or ()]


class Horas(fields.String):
    """The hours of a day as people write them: «9:00-13:00 y 15:00-17:00»."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return horarios.leer(super()._deserialize(*args, **kwargs))
        except horarios.HorasIlegibles as error:
            raise ValidationError(_("Escriba las horas así: 9:00-13:00 y 15:00-17:00.")) from error

    def _serialize(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        return ", ".join(str(tramo) for tramo in value or ())


class SemanaSchema(Schema):
    """The hours of a week, by day (iCalendar's codes)."""

    MO = Horas(load_default="")
    TU = Horas(load_default="")
    WE = Horas(load_default="")
    TH = Horas(load_default="")
    FR = Horas(load_default="")
    SA = Horas(load_default="")
    SU = Horas(load_default="")


class BusquedaRedSchema(Schema):
    """What to look for in the network."""

    q = fields.String(load_default="", validate=validate.Length(max=100))
    tema = fields.String(load_default="", validate=validate.Length(max=40))
    idioma = fields.String(load_default="", validate=validate.Length(max=3))
    capacidad = fields.Enum(Capacidad, by_value=True, load_default=None)
    abierto = fields.Boolean(load_default=False)


class InstitucionSchema(Schema):
    """An institution, without its addresses."""

    id = fields.UUID()
    sigla = fields.String()
    nombre = fields.String()
    tipo = fields.Enum(TipoInstitucion, by_value=True)
    ambito = fields.Enum(Ambito, by_value=True)
    permite_comunicar_datos = fields.Boolean()
    catalogada = fields.Boolean()


class SedeSchema(Schema):
    """A place; the address of a confidential one, only for who may know it."""

    id = fields.UUID()
    nombre = fields.String()
    tipo = fields.Enum(TipoSede, by_value=True)
    direccion = fields.Function(direccion_visible)
    comuna = fields.String()
    telefono = fields.Function(telefono_visible)
    acceso = fields.String()
    confidencial = fields.Boolean()
    version = fields.Integer()


class LugarSchema(Schema):
    """A service at a place."""

    id = fields.UUID()
    papel = fields.Enum(Papel, by_value=True)
    nota = fields.String()
    sede = fields.Nested(SedeSchema)
    semana = fields.Function(lambda lugar: de_lugar(lugar)["semana"])
    version = fields.Integer()


class ServicioBreveSchema(Schema):
    """A service of the network, without its places."""

    id = fields.UUID()
    codigo = fields.String()
    nombre = fields.String()
    temas = fields.List(fields.String())
    estado = fields.Enum(EstadoServicio, by_value=True)
    capacidad = fields.Enum(Capacidad, by_value=True)
    capacidad_el = fields.Date(allow_none=True)
    documentos_requeridos = fields.List(fields.String())
    modo = fields.Enum(Modo, by_value=True)
    otros_modos = fields.List(fields.String())
    descripcion = fields.String()
    elegibilidad = fields.String()
    costo = fields.String()
    idiomas = fields.List(fields.String())
    interprete = fields.Boolean()
    edad_min = fields.Integer(allow_none=True)
    edad_max = fields.Integer(allow_none=True)
    plazo_dias = fields.Integer(allow_none=True)
    verificado_el = fields.Date(allow_none=True)
    verificado_fuente = fields.Enum(FuenteDato, by_value=True, allow_none=True)
    contacto_verificado_el = fields.Date(allow_none=True)
    por_verificar = fields.Function(lambda servicio: sorted(clases_vencidas(servicio)))
    catalogado = fields.Boolean()
    version = fields.Integer()
    institucion = fields.Nested(InstitucionSchema)


class ServicioRedSchema(ServicioBreveSchema):
    """A service of the network."""

    lugares = fields.List(fields.Nested(LugarSchema))


class ServiciosSchema(Schema):
    """The services found."""

    servicios = fields.List(fields.Nested(ServicioRedSchema))


class CupoSchema(Schema):
    """What was said of a service's places one day."""

    capacidad = fields.Enum(Capacidad, by_value=True)
    nota = fields.String()
    fuente = fields.Enum(FuenteDato, by_value=True)
    informado_en = fields.DateTime()


class ServicioEnteroSchema(ServicioRedSchema):
    """A service, with what it said of its places before."""

    cupos = fields.List(fields.Nested(CupoSchema))


class InstitucionEnteraSchema(InstitucionSchema):
    """An institution as who keeps the directory sees it."""

    activa = fields.Boolean()
    correo = fields.String(allow_none=True)
    telefono = fields.String(allow_none=True)
    unidad = fields.String(allow_none=True)
    descripcion = fields.String()
    sitio = fields.String(allow_none=True)
    identificadores = Identificadores()
    categorias = fields.List(fields.String(), allow_none=True)
    version = fields.Integer()
    sedes = fields.List(fields.Nested(SedeSchema))


class InstitucionesSchema(Schema):
    """The institutions of the network."""

    instituciones = fields.List(fields.Nested(InstitucionSchema))


class ContactoRedSchema(Schema):
    """Whom to ask."""

    id = fields.UUID()
    institucion_id = fields.UUID()
    servicio_id = fields.UUID(allow_none=True)
    nombre = fields.String()
    cargo = fields.String()
    correo = fields.String(allow_none=True)
    telefono = fields.String(allow_none=True)
    publico = fields.Boolean()
    version = fields.Integer()


class _Versionado(Schema):
    version = fields.Integer(load_default=None, allow_none=True)


class DatosInstitucionSchema(_Versionado):
    """An institution, as it is written down."""

    sigla = Texto(
        required=True,
        validate=validate.Regexp(
            r"[A-Z0-9_]{2,20}\Z", error=_l("Use de 2 a 20 mayúsculas, números o «_», sin acentos.")
        ),
    )
    nombre = Texto(required=True, validate=validate.Length(3, 160))
    tipo = fields.Enum(TipoInstitucion, by_value=True, required=True)
    ambito = fields.Enum(Ambito, by_value=True, required=True)
    activa = fields.Boolean(load_default=False)
    correo = fields.Email(load_default=None, allow_none=True)
    telefono = Texto(load_default=None, allow_none=True, validate=validate.Length(max=40))
    unidad = Texto(load_default="", validate=validate.Length(max=80))
    descripcion = Texto(load_default="", validate=validate.Length(max=2000))
    sitio = fields.Url(load_default=None, allow_none=True, validate=validate.Length(max=200))
    identificadores = Identificadores(load_default=list)
    dice_categorias = fields.Boolean(load_default=False, load_only=True)
    categorias = fields.List(fields.Enum(Categoria, by_value=True), load_default=None)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> DatosInstitucion:
        dichas = data.pop("dice_categorias") or data["categorias"] is not None
        categorias = [una.value for una in data["categorias"] or ()]
        return DatosInstitucion(**data | {"categorias": categorias if dichas else None})


class DatosServicioSchema(_Versionado):
    """A service, as it is written down."""

    nombre = Texto(required=True, validate=validate.Length(3, 160))
    descripcion = Texto(load_default="", validate=validate.Length(max=2000))
    temas = fields.List(fields.String(), required=True, validate=validate.Length(1, 12))
    estado = fields.Enum(EstadoServicio, by_value=True, load_default=EstadoServicio.ACTIVO)
    modo = fields.Enum(Modo, by_value=True, required=True)
    otros_modos = fields.List(fields.Enum(Modo, by_value=True), load_default=list)
    elegibilidad = Texto(load_default="", validate=validate.Length(max=1000))
    documentos_requeridos = Lineas(load_default=list)
    costo = Texto(load_default="", validate=validate.Length(max=200))
    idiomas = fields.List(fields.String(), load_default=list)
    interprete = fields.Boolean(load_default=False)
    edad_min = fields.Integer(load_default=None, allow_none=True, validate=ANIOS)
    edad_max = fields.Integer(load_default=None, allow_none=True, validate=ANIOS)
    plazo_dias = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 120))

    @validates_schema
    def _cierto(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not all(se_ofrece(codigo) for codigo in data.get("temas") or ()):
            raise ValidationError(_("Elija temas de la lista."), "temas")
        if not set(data.get("idiomas") or ()) <= codigos_de_idioma():
            raise ValidationError(_("Elija idiomas de la lista."), "idiomas")
        desde, hasta = data.get("edad_min"), data.get("edad_max")
        if desde is not None and hasta is not None and hasta < desde:
            raise ValidationError(_("La edad mayor no puede ser menor que la primera."), "edad_max")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> DatosServicio:
        return DatosServicio(**data)


class DatosCupoSchema(_Versionado):
    """What a service says of its places."""

    capacidad = fields.Enum(Capacidad, by_value=True, required=True)
    nota = Texto(load_default="", validate=validate.Length(max=200))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> DatosCupo:
        return DatosCupo(**data)


class DatosSedeSchema(_Versionado):
    """A place, as it is written down."""

    nombre = Texto(required=True, validate=validate.Length(2, 160))
    tipo = fields.Enum(TipoSede, by_value=True, load_default=TipoSede.FISICA)
    direccion = Texto(load_default=None, allow_none=True, validate=validate.Length(max=200))
    comuna = Texto(load_default="", validate=validate.Length(max=80))
    telefono = Texto(load_default=None, allow_none=True, validate=validate.Length(max=40))
    acceso = Texto(load_default="", validate=validate.Length(max=500))
    confidencial = fields.Boolean(load_default=False)

    @validates_schema
    def _cierto(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("tipo") is TipoSede.FISICA and not data.get("direccion"):
            raise ValidationError(_("Escriba la dirección a la que hay que ir."), "direccion")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> DatosSede:
        return DatosSede(**data)


class DatosLugarSchema(_Versionado):
    """A service at a place, as it is written down."""

    sede_id = fields.UUID(required=True)
    papel = fields.Enum(Papel, by_value=True, load_default=Papel.ATENCION)
    nota = Texto(load_default="", validate=validate.Length(max=200))
    semana = fields.Nested(SemanaSchema, load_default=dict)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> DatosLugar:
        semana = {dia: tramos for dia, tramos in data["semana"].items() if tramos}
        return DatosLugar(**data | {"semana": semana})


class DatosContactoSchema(_Versionado):
    """Whom to ask, as it is written down."""

    nombre = Texto(required=True, validate=validate.Length(2, 120))
    cargo = Texto(load_default="", validate=validate.Length(max=120))
    correo = fields.Email(load_default=None, allow_none=True)
    telefono = Texto(load_default=None, allow_none=True, validate=validate.Length(max=40))
    servicio_id = fields.UUID(load_default=None, allow_none=True)
    publico = fields.Boolean(load_default=False)

    @validates_schema
    def _cierto(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not data.get("correo") and not data.get("telefono"):
            raise ValidationError(_("Escriba un correo o un teléfono."), "correo")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> DatosContacto:
        return DatosContacto(**data)


def de_institucion(una: Institucion) -> dict[str, Any]:
    """An institution as its form shows it."""
    return {
        **_campos(una, DatosInstitucionSchema()),
        "identificadores": "\n".join(Identificadores()._serialize(una.identificadores)),
        "dice_categorias": una.categorias is not None,
    }


def de_lugar(uno: Lugar) -> dict[str, Any]:
    """A service at a place as its form shows it."""
    return _campos(uno, DatosLugarSchema()) | {"semana": _semana(uno)}


def de_servicio(uno: Any) -> dict[str, Any]:
    """A service as its form shows it."""
    campos = _campos(uno, DatosServicioSchema())
    return campos | {"documentos_requeridos": "\n".join(uno.documentos_requeridos)}


def de_sede(una: Sede) -> dict[str, Any]:
    """A place as its form shows it."""
    return _campos(una, DatosSedeSchema())


def de_contacto(uno: Any) -> dict[str, Any]:
    """A contact as its form shows it."""
    return _campos(uno, DatosContactoSchema())


def _campos(fila: Any, schema: Schema) -> dict[str, Any]:
    return {nombre: _valor(getattr(fila, nombre, None)) for nombre in schema.load_fields}


def _valor(valor: Any) -> Any:
    return [*valor] if isinstance(valor, Sequence) and not isinstance(valor, str) else valor


def _semana(lugar: Lugar) -> Mapping[str, str]:
    semana = horarios.semana_de(lugar.horarios)
    return {dia: ", ".join(str(tramo) for tramo in tramos) for dia, tramos in semana.items()}
