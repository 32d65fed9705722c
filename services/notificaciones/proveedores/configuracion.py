"""A provider as the file of providers says it (`archivo.py`), read and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from notificaciones.plantillas.catalogo import Canal

MARCADORES = frozenset({"destino", "destino_sin_mas", "texto", "mensaje_id", "remitente"})
"""What the text of a request may name, in braces."""

_NO_CODIGO = re.compile(r"[^A-Za-z0-9_.-]")

MARCADOR = re.compile(r"\{([a-z_]+)\}")


class Tipo(StrEnum):
    """How a provider is spoken to."""

    SMS_HTTP = "sms_http"
    SMTP = "smtp"
    SMPP = "smpp"


class Metodo(StrEnum):
    """How a request is made."""

    POST = "POST"
    PUT = "PUT"
    GET = "GET"


class Formato(StrEnum):
    """How a request or an answer is written."""

    JSON = "json"
    FORMULARIO = "formulario"
    CONSULTA = "consulta"
    TEXTO = "texto"


@dataclass(frozen=True, kw_only=True)
class Autenticacion:
    """How the office shows who it is: the headers of every request, secrets read."""

    cabeceras: Mapping[str, str] = field(default_factory=dict)
    usuario: str = ""
    clave: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Condicion:
    """When an answer means something: by its status, or by what it says at a place of it."""

    status: frozenset[int] = frozenset()
    en: str = ""
    valores: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Respuesta:
    """How an answer is read. `referencia` and `codigo` are places in it."""

    formato: Formato = Formato.JSON
    referencia: str = ""
    codigo: str = ""
    aceptada: Condicion = Condicion(status=frozenset({200, 201, 202}))
    rechazada: Condicion = Condicion(status=frozenset({400, 404, 422}))
    transitoria: Condicion = Condicion()


@dataclass(frozen=True, kw_only=True)
class Peticion:
    """How an SMS is handed over by HTTP."""

    url: str
    metodo: Metodo
    formato: Formato
    cuerpo: Mapping[str, Any]
    cabeceras: Mapping[str, str]
    autenticacion: Autenticacion
    respuesta: Respuesta
    espera: float


class Credencial(StrEnum):
    """How a provider shows who it is."""

    HMAC = "hmac"
    BASICA = "basica"
    TOKEN = "token"  # noqa: S105  the kind, not one


@dataclass(frozen=True, kw_only=True)
class AutenticacionDeEntrada:
    """What a provider shows when it calls. Of a signature, `cabecera_de_tiempo` is signed before
    the body, with a point between them.
    """

    tipo: Credencial
    cabecera: str
    secreto: str = field(repr=False)
    usuario: str = ""
    prefijo: str = ""
    algoritmo: str = "sha256"
    base64: bool = False
    cabecera_de_tiempo: str = ""


@dataclass(frozen=True, kw_only=True)
class RecibosConfigurados:
    """How receipts are read: places, and what the states are called."""

    autenticacion: AutenticacionDeEntrada
    formato: Formato = Formato.JSON
    lista: str = ""
    referencia: str = ""
    mensaje_id: str = ""
    estado: str
    codigo: str = ""
    confirmada: frozenset[str]
    rebotada: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class EntrantesConfigurados:
    """How what people write is read: places."""

    autenticacion: AutenticacionDeEntrada
    formato: Formato = Formato.JSON
    lista: str = ""
    de: str
    texto: str
    referencia: str


@dataclass(frozen=True, kw_only=True)
class ServidorDeCorreo:
    """A mail server."""

    url: str = field(repr=False)
    remitente: str = ""
    """The office's own (ACOGIDA_MAIL_FROM) when it is empty."""


@dataclass(frozen=True, kw_only=True)
class ServidorSmpp:
    """An SMSC. `ventana` is how many submissions may wait for their answers."""

    host: str
    puerto: int
    usuario: str
    clave: str = field(repr=False)
    ventana: int = 10
    espera: float = 10.0
    pregunta_cada: float = 30.0


@dataclass(frozen=True, kw_only=True)
class Limites:
    """How much of a provider may be used; None: as much as is asked."""

    por_segundo: float | None = None
    pesos_por_dia: Decimal | None = None
    segmentos_por_dia: int | None = None

    @property
    def de_un_dia(self) -> bool:
        """Whether a day has a budget."""
        return self.pesos_por_dia is not None or self.segmentos_por_dia is not None


SIN_LIMITE = Limites()


@dataclass(frozen=True, kw_only=True)
class Configurado:
    """A provider as the file says it."""

    clave: str
    nombre: str
    tipo: Tipo
    costo_por_segmento: Decimal = Decimal(0)
    unicode: bool = True
    remitente: str = ""
    limites: Limites = field(default_factory=Limites)
    peticion: Peticion | None = None
    servidor: ServidorDeCorreo | None = None
    recibos: RecibosConfigurados | None = None
    entrantes: EntrantesConfigurados | None = None
    se_contesta: bool = False
    """Whether what somebody answers to its messages comes back to the office."""
    smsc: ServidorSmpp | None = None

    @property
    def canal(self) -> Canal:
        """What it carries."""
        return Canal.CORREO if self.tipo is Tipo.SMTP else Canal.SMS


@dataclass(frozen=True, kw_only=True)
class PorDestinatario:
    """How many messages of a channel one address gets; None: as many as there are."""

    por_hora: int | None = None
    por_dia: int | None = None


@dataclass(frozen=True, kw_only=True)
class Archivo:
    """The whole file."""

    proveedores: tuple[Configurado, ...] = ()
    oficina: Limites = field(default_factory=Limites)
    destinatario: Mapping[Canal, PorDestinatario] = field(default_factory=dict)


def rellenar(value: Any, valores: Mapping[str, str]) -> Any:
    """The same with each name in braces replaced; what is put in is never looked at again."""
    if isinstance(value, str):
        return MARCADOR.sub(lambda match: valores[match[1]], value)
    if isinstance(value, Mapping):
        return {name: rellenar(inside, valores) for name, inside in value.items()}
    if isinstance(value, list):
        return [rellenar(inside, valores) for inside in value]
    return value


def lugar(datos: Any, place: str) -> str | None:
    """What a JSON says at a place (RFC 6901), as a text; None when nothing is there."""
    for step in place.removeprefix("/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(datos, Mapping) and name in datos:
            datos = datos[name]
        elif isinstance(datos, list) and name.isdecimal() and int(name) < len(datos):
            datos = datos[int(name)]
        else:
            return None
    if isinstance(datos, bool):
        return "true" if datos else "false"
    return str(datos) if isinstance(datos, str | int | float) else None


def codigo_de(text: str) -> str:
    """A provider's own code, without whatever else it may say: addresses among it."""
    return _NO_CODIGO.sub("", text)[:40]
