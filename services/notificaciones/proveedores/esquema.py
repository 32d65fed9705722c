"""What the file of providers may say, and what it is told when it says something else."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.configuracion import (
    MARCADOR,
    MARCADORES,
    Archivo,
    Autenticacion,
    AutenticacionDeEntrada,
    Condicion,
    Configurado,
    Credencial,
    EntrantesConfigurados,
    Formato,
    Limites,
    Metodo,
    Peticion,
    PorDestinatario,
    RecibosConfigurados,
    Respuesta,
    ServidorDeCorreo,
    ServidorSmpp,
    Tipo,
)
from oficina.settings import leer_secreto

RESERVADAS = frozenset({"salida", "smtp", "oficina"})
"""The outbox, the mail server of ACOGIDA_SMTP_URL, and all together."""

_CLAVE = validate.Regexp(
    r"[a-z][a-z0-9_-]{1,39}\Z", error="debe ser una palabra de minúsculas, números, - y _"
)
_VARIABLE = re.compile(r"ACOGIDA_[A-Z0-9_]+\Z")
_CABECERA = validate.Regexp(r"[A-Za-z0-9-]{1,60}\Z", error="no es el nombre de una cabecera")


class _Schema(Schema):
    """A part of the file, whose mistakes are told in Spanish."""

    error_messages = {
        "unknown": "este campo no existe",
        "type": "debe ser un objeto {…}",
    }

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Each field says it in the same words."""
        field_obj.error_messages |= {
            "required": "falta",
            "null": "no puede ser null",
            "invalid": "no es válido",
            "type": "debe ser un objeto {…}",
            "special": "no es un número",
        }
        if isinstance(field_obj, fields.String):
            field_obj.error_messages["invalid"] = "debe ser un texto"
        elif isinstance(field_obj, fields.List):
            field_obj.error_messages["invalid"] = "debe ser una lista […]"
        elif isinstance(field_obj, fields.Number):
            field_obj.error_messages["invalid"] = "debe ser un número"
        elif isinstance(field_obj, fields.Boolean):
            field_obj.error_messages["invalid"] = "debe ser true o false"
        elif isinstance(field_obj, fields.Enum):
            values = ", ".join(str(one.value) for one in field_obj.enum)
            field_obj.error_messages["unknown"] = f"debe ser una de estas palabras: {values}"


class _Secreto(fields.Field[str]):
    """The name of the variable that holds a secret; what it holds."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_kwargs: Any) -> str:
        if not isinstance(value, Mapping) or set(value) != {"variable"}:
            raise ValidationError(
                'un secreto no se escribe aquí: ponga {"variable": "ACOGIDA_…"} y su valor en esa '
                "variable, o en el archivo que nombre la misma variable con _FILE"
            )
        name = value["variable"]
        if not isinstance(name, str) or not _VARIABLE.match(name):
            raise ValidationError("la variable de un secreto se llama ACOGIDA_…")
        try:
            return leer_secreto(name)
        except ValueError as error:
            raise ValidationError(f"{name}: {error}") from error


class _Url(fields.String):
    """An http(s) address without a password in it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if not re.match(r"https?://[^\s/@?#]+(/[^\s#]*)?(\?[^\s#]*)?\Z", text):
            raise ValidationError("debe ser una URL http:// o https://, sin usuario ni clave")
        return text


def _marked(value: Any) -> None:
    """Raise ValidationError for a text that names what there is not."""
    if isinstance(value, str):
        if unknown := set(MARCADOR.findall(value)) - MARCADORES:
            known = ", ".join(f"{{{one}}}" for one in sorted(MARCADORES))
            raise ValidationError(f"no existe {{{sorted(unknown)[0]}}}; existen {known}")
    elif isinstance(value, Mapping):
        for inside in value.values():
            _marked(inside)
    elif isinstance(value, list):
        for inside in value:
            _marked(inside)


class _AutenticacionSchema(_Schema):
    tipo = fields.String(
        required=True,
        validate=validate.OneOf(
            ("basica", "token", "cabecera"), error="debe ser basica, token o cabecera"
        ),
    )
    usuario = fields.String()
    clave = _Secreto()
    token = _Secreto()
    cabecera = fields.String(validate=_CABECERA)
    valor = _Secreto()

    @validates_schema
    def _whole(self, data: dict[str, Any], **_kwargs: Any) -> None:
        needs = {"basica": ("usuario", "clave"), "token": ("token",)}
        for name in needs.get(data.get("tipo", ""), ("cabecera", "valor")):
            if name not in data:
                raise ValidationError("falta", name)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Autenticacion:
        match data["tipo"]:
            case "basica":
                return Autenticacion(usuario=data["usuario"], clave=data["clave"])
            case "token":
                return Autenticacion(cabeceras={"Authorization": f"Bearer {data['token']}"})
            case _:
                return Autenticacion(cabeceras={data["cabecera"]: data["valor"]})


class _CondicionSchema(_Schema):
    status = fields.List(
        fields.Integer(
            strict=True, validate=validate.Range(100, 599, error="debe estar entre 100 y 599")
        ),
        load_default=list,
    )
    en = fields.String(load_default="")
    valores = fields.List(fields.String(), load_default=list)

    @validates_schema
    def _whole(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if bool(data["en"]) != bool(data["valores"]):
            raise ValidationError("`en` y `valores` van juntos")
        if not data["status"] and not data["en"]:
            raise ValidationError("debe decir `status`, o `en` y `valores`")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Condicion:
        return Condicion(
            status=frozenset(data["status"]), en=data["en"], valores=frozenset(data["valores"])
        )


class _RespuestaSchema(_Schema):
    formato = fields.Enum(
        Formato,
        by_value=True,
        validate=validate.OneOf((Formato.JSON, Formato.TEXTO), error="debe ser json o texto"),
    )
    referencia = fields.String()
    codigo = fields.String()
    aceptada = fields.Nested(_CondicionSchema)
    rechazada = fields.Nested(_CondicionSchema)
    transitoria = fields.Nested(_CondicionSchema)

    @validates_schema
    def _places(self, data: dict[str, Any], **_kwargs: Any) -> None:
        formato = data.get("formato", Formato.JSON)
        for name, place in _places_of(data):
            if formato is Formato.JSON and not place.startswith("/"):
                raise ValidationError('es un lugar del JSON, como "/messages/0/id"', name)
            if formato is Formato.TEXTO:
                _one_group(name, place)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Respuesta:
        return Respuesta(**data)


def _places_of(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("referencia", "codigo"):
        if data.get(name):
            yield name, data[name]
    for name in ("aceptada", "rechazada", "transitoria"):
        if name in data and data[name].en:
            yield name, data[name].en


def _one_group(name: str, pattern: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValidationError("no es una expresión regular", name) from error
    if groups != 1:
        raise ValidationError('es una expresión regular con un grupo, como "ID: (\\\\S+)"', name)


class _PeticionSchema(_Schema):
    url = _Url(required=True)
    metodo = fields.Enum(Metodo, by_value=True, load_default=Metodo.POST)
    formato = fields.Enum(
        Formato,
        by_value=True,
        load_default=Formato.JSON,
        validate=validate.NoneOf((Formato.TEXTO,), error="debe ser json, formulario o consulta"),
    )
    cuerpo = fields.Dict(keys=fields.String(), required=True, validate=_marked)
    cabeceras = fields.Dict(
        keys=fields.String(validate=_CABECERA), values=fields.String(), load_default=dict
    )
    autenticacion = fields.Nested(_AutenticacionSchema, load_default=Autenticacion())
    respuesta = fields.Nested(_RespuestaSchema, load_default=Respuesta())
    espera_segundos = fields.Float(
        load_default=10.0,
        attribute="espera",
        validate=validate.Range(0.1, 15, error="debe estar entre 0.1 y 15 segundos"),
    )

    @validates_schema
    def _whole(self, data: dict[str, Any], **_kwargs: Any) -> None:
        said = json.dumps(data["cuerpo"]) if "cuerpo" in data else ""
        for name in ("{texto}", "{destino"):
            if said and name not in said:
                raise ValidationError(
                    "debe llevar {texto} y {destino} o {destino_sin_mas}", "cuerpo"
                )
        if data.get("metodo") is Metodo.GET and data.get("formato") is not Formato.CONSULTA:
            raise ValidationError("con GET es consulta", "formato")
        flat = data.get("formato") is Formato.JSON or all(
            isinstance(one, str) for one in data.get("cuerpo", {}).values()
        )
        if not flat:
            raise ValidationError("en un formulario o una consulta solo hay textos", "cuerpo")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Peticion:
        return Peticion(**data)


class _PresupuestoSchema(_Schema):
    pesos_por_dia = fields.Decimal(validate=validate.Range(0, error="debe ser 0 o más"))
    segmentos_por_dia = fields.Integer(
        strict=True, validate=validate.Range(0, error="debe ser 0 o más")
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Limites:
        return Limites(**data)


class _EntradaSchema(_Schema):
    tipo = fields.Enum(Credencial, by_value=True, required=True)
    cabecera = fields.String(validate=_CABECERA)
    secreto = _Secreto(required=True)
    usuario = fields.String()
    prefijo = fields.String()
    algoritmo = fields.String(
        validate=validate.OneOf(("sha256", "sha512"), error="debe ser sha256 o sha512")
    )
    base64 = fields.Boolean()
    cabecera_de_tiempo = fields.String(validate=_CABECERA)

    @validates_schema
    def _whole(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("tipo") is Credencial.BASICA and "usuario" not in data:
            raise ValidationError("falta", "usuario")
        if data.get("tipo") is Credencial.BASICA:
            return
        if "cabecera" not in data:
            raise ValidationError("falta", "cabecera")
        if data["cabecera"].lower() == "authorization":
            raise ValidationError("es la de las cuentas de la oficina: elija otra", "cabecera")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> AutenticacionDeEntrada:
        return AutenticacionDeEntrada(**{"cabecera": "Authorization", **data})


_LUGAR = validate.Regexp(r"/[^\s]+\Z", error='es un lugar, como "/results/0/id" o "/id"')


class _RecibosSchema(_Schema):
    autenticacion = fields.Nested(_EntradaSchema, required=True)
    formato = fields.Enum(
        Formato,
        by_value=True,
        validate=validate.OneOf(
            (Formato.JSON, Formato.FORMULARIO), error="debe ser json o formulario"
        ),
    )
    lista = fields.String(validate=_LUGAR)
    referencia = fields.String(validate=_LUGAR)
    mensaje_id = fields.String(validate=_LUGAR)
    estado = fields.String(required=True, validate=_LUGAR)
    codigo = fields.String(validate=_LUGAR)
    confirmada = fields.List(fields.String(), required=True)
    rebotada = fields.List(fields.String(), required=True)

    @validates_schema
    def _whole(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if "referencia" not in data and "mensaje_id" not in data:
            raise ValidationError("debe decir `referencia` o `mensaje_id`", "referencia")
        both = set(data.get("confirmada", ())) & set(data.get("rebotada", ()))
        if both:
            raise ValidationError(f"{sorted(both)[0]} está también en confirmada", "rebotada")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> RecibosConfigurados:
        states = {name: frozenset(data[name]) for name in ("confirmada", "rebotada")}
        return RecibosConfigurados(**{**data, **states})


class _EntrantesSchema(_Schema):
    autenticacion = fields.Nested(_EntradaSchema, required=True)
    formato = fields.Enum(
        Formato,
        by_value=True,
        validate=validate.OneOf(
            (Formato.JSON, Formato.FORMULARIO), error="debe ser json o formulario"
        ),
    )
    lista = fields.String(validate=_LUGAR)
    de = fields.String(required=True, validate=_LUGAR)
    texto = fields.String(required=True, validate=_LUGAR)
    referencia = fields.String(required=True, validate=_LUGAR)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> EntrantesConfigurados:
        return EntrantesConfigurados(**data)


class _LimitesSchema(_PresupuestoSchema):
    por_segundo = fields.Float(
        validate=validate.Range(0, min_inclusive=False, error="debe ser más que 0")
    )


class _PorDestinatarioSchema(_Schema):
    por_hora = fields.Integer(strict=True, validate=validate.Range(1, error="debe ser 1 o más"))
    por_dia = fields.Integer(strict=True, validate=validate.Range(1, error="debe ser 1 o más"))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> PorDestinatario:
        return PorDestinatario(**data)


class _ProveedorSchema(_Schema):
    clave = fields.String(required=True, validate=_CLAVE)
    nombre = fields.String(required=True, validate=validate.Length(1, 80, error="de 1 a 80 letras"))
    limites = fields.Nested(_LimitesSchema)


class _SmsHttpSchema(_ProveedorSchema):
    costo_por_segmento = fields.Decimal(
        required=True, validate=validate.Range(0, error="0 o más pesos")
    )
    unicode = fields.Boolean()
    remitente = fields.String(validate=validate.Length(max=20, error="a lo más 20 letras"))
    envio = fields.Nested(_PeticionSchema, required=True, attribute="peticion")
    recibos = fields.Nested(_RecibosSchema)
    entrantes = fields.Nested(_EntrantesSchema)
    se_contesta = fields.Boolean()

    @validates_schema
    def _heard(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("se_contesta") and "entrantes" not in data:
            raise ValidationError("sin `entrantes` no llega lo que se contesta", "se_contesta")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Configurado:
        return Configurado(tipo=Tipo.SMS_HTTP, **data)


class _SmtpSchema(_ProveedorSchema):
    url = fields.String(
        required=True,
        validate=validate.Regexp(
            r"smtps?://[^\s/@:]+(:\d{1,5})?\Z",
            error="debe ser smtp://servidor:puerto o smtps://servidor:puerto, sin usuario ni clave",
        ),
    )
    usuario = fields.String()
    clave_de_acceso = _Secreto()
    remitente = fields.Email(error_messages={"invalid": "no es un correo"})

    @validates_schema
    def _whole(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if ("usuario" in data) != ("clave_de_acceso" in data):
            raise ValidationError("`usuario` y `clave_de_acceso` van juntos")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Configurado:
        esquema, servidor = data["url"].split("://")
        quien = ""
        if "usuario" in data:
            quien = f"{quote(data['usuario'], safe='')}:{quote(data['clave_de_acceso'], safe='')}@"
        return Configurado(
            tipo=Tipo.SMTP,
            clave=data["clave"],
            nombre=data["nombre"],
            limites=data.get("limites", Limites()),
            servidor=ServidorDeCorreo(
                url=f"{esquema}://{quien}{servidor}", remitente=data.get("remitente", "")
            ),
        )


class _SmppSchema(_ProveedorSchema):
    costo_por_segmento = fields.Decimal(
        required=True, validate=validate.Range(0, error="debe ser 0 o más pesos")
    )
    unicode = fields.Boolean()
    se_contesta = fields.Boolean()
    remitente = fields.String(
        required=True, validate=validate.Length(1, 20, error="debe tener de 1 a 20 letras")
    )
    host = fields.String(required=True, validate=validate.Length(1, 253, error="falta"))
    puerto = fields.Integer(
        load_default=2775, strict=True, validate=validate.Range(1, 65535, error="no es un puerto")
    )
    usuario = fields.String(
        required=True, validate=validate.Length(1, 15, error="debe tener de 1 a 15 letras")
    )
    clave_de_acceso = _Secreto(required=True)
    ventana = fields.Integer(
        load_default=10, strict=True, validate=validate.Range(1, 100, error="de 1 a 100")
    )
    espera_segundos = fields.Float(
        load_default=10.0, validate=validate.Range(0.1, 15, error="debe estar entre 0.1 y 15")
    )
    pregunta_cada_segundos = fields.Float(
        load_default=30.0, validate=validate.Range(0.1, 300, error="debe estar entre 0.1 y 300")
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Configurado:
        smsc = ServidorSmpp(
            host=data.pop("host"),
            puerto=data.pop("puerto"),
            usuario=data.pop("usuario"),
            clave=data.pop("clave_de_acceso"),
            ventana=data.pop("ventana"),
            espera=data.pop("espera_segundos"),
            pregunta_cada=data.pop("pregunta_cada_segundos"),
        )
        return Configurado(tipo=Tipo.SMPP, smsc=smsc, **data)


class _Proveedor(fields.Field[Configurado]):
    """One provider, read as its kind is."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_kwargs: Any) -> Configurado:
        if not isinstance(value, Mapping):
            raise ValidationError("debe ser un objeto {…}")
        rest = {name: said for name, said in value.items() if name != "tipo"}
        match value.get("tipo"):
            case Tipo.SMS_HTTP:
                leido: Configurado = _SmsHttpSchema().load(rest)
            case Tipo.SMTP:
                leido = _SmtpSchema().load(rest)
            case Tipo.SMPP:
                leido = _SmppSchema().load(rest)
            case _:
                words = ", ".join(Tipo)
                raise ValidationError({"tipo": [f"debe ser una de estas palabras: {words}"]})
        return leido


class ArchivoSchema(_Schema):
    """The whole file."""

    version = fields.Integer(
        required=True, strict=True, validate=validate.Equal(1, error="esta versión lee la 1")
    )
    proveedores = fields.List(_Proveedor(), required=True)
    oficina = fields.Nested(_PresupuestoSchema)
    destinatario = fields.Dict(
        keys=fields.Enum(Canal, by_value=True), values=fields.Nested(_PorDestinatarioSchema)
    )

    @validates_schema
    def _each_once(self, data: dict[str, Any], **_kwargs: Any) -> None:
        claves = [uno.clave for uno in data.get("proveedores", ())]
        for number, clave in enumerate(claves):
            if clave in claves[:number] or clave in RESERVADAS:
                wrong = {"clave": [f"otro proveedor ya se llama {clave}"]}
                raise ValidationError({"proveedores": {number: wrong}})

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Archivo:
        del data["version"]
        return Archivo(**{**data, "proveedores": tuple(data["proveedores"])})
