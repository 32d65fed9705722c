"""What messages say: texts as data (plantillas.json, idiomas.json) and a strict engine for them.

A text may name declared variables as `{{nombre}}` and nothing else: no code, no attributes, no
conditions. A text that names something undeclared, or has a lone pair of braces, does not load; a
value that is missing or of another type does not render. Days and hours are Chile's, written in
the reader's language; a language without a text falls back to the base language, visibly.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from notificaciones.mensajes.sms import Escrito
from oficina.clock import local

_PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")

Valor = str | int | datetime


class Canal(StrEnum):
    """How a message travels."""

    SMS = "sms"
    CORREO = "correo"


class Clave(StrEnum):
    """The messages that the office sends."""

    RECORDATORIO_CITA = "recordatorio_cita"
    DERIVACION_ENVIADA = "derivacion_enviada"
    ENLACE_NUEVO = "enlace_nuevo"
    RECORDATORIO_PLAZO = "recordatorio_plazo_institucion"
    AVISO_PLAZO_POR_VENCER = "aviso_plazo_por_vencer"
    AVISO_PLAZO_VENCIDO = "aviso_plazo_vencido"
    AVISO_DERIVACION_FALLIDA = "aviso_derivacion_fallida"
    RETIRO_DE_DATOS = "retiro_de_datos"
    AVISO_RETIRO_DE_DATOS = "aviso_retiro_de_datos"
    SUPRESION_DE_DATOS = "supresion_de_datos"
    AVISO_SUPRESION_PROPUESTA = "aviso_supresion_propuesta"
    AVISO_SUPRESION_ATRASADA = "aviso_supresion_atrasada"
    AVISO_SOLICITUD_DE_DERECHO = "aviso_solicitud_de_derecho"
    AVISO_INCIDENTE = "aviso_incidente"
    AVISO_ACCESO_EXCEPCIONAL = "aviso_acceso_excepcional"
    INVITACION_CUENTA = "invitacion_cuenta"
    CLAVE_OLVIDADA = "clave_olvidada"
    AVISO_RESUMEN = "aviso_resumen"
    AVISO_SUSCRIPCION = "aviso_suscripcion_desactivada"
    RETIRO_LISTO = "retiro_listo"
    AVISO_GENERAL = "aviso_general"


DE_CUENTAS = frozenset({Clave.INVITACION_CUENTA, Clave.CLAVE_OLVIDADA})
"""Messages that open an account: for their person and whoever administers, not for colleagues."""


class Tipo(StrEnum):
    """What a variable holds."""

    TEXTO = "texto"
    URL = "url"
    ENTERO = "entero"
    FECHA = "fecha"
    FECHA_LARGA = "fecha_larga"
    HORA = "hora"


_PYTHON: Mapping[Tipo, type] = {
    Tipo.TEXTO: str,
    Tipo.URL: str,
    Tipo.ENTERO: int,
    Tipo.FECHA: datetime,
    Tipo.FECHA_LARGA: datetime,
    Tipo.HORA: datetime,
}


class PlantillaInvalida(Exception):
    """A text or its values cannot be used; says which variable and why."""


@dataclass(frozen=True)
class Idioma:
    """How a language writes days and hours."""

    clave: str
    nombre: str
    dias: tuple[str, ...]
    meses: tuple[str, ...]
    formatos: Mapping[Tipo, str]

    def escribir(self, tipo: Tipo, momento: datetime) -> str:
        """A moment as a day or an hour on Chile's clocks."""
        aqui = local(momento)
        partes = {
            "dia_semana": self.dias[aqui.weekday()],
            "dia": str(aqui.day),
            "mes": self.meses[aqui.month - 1],
            "anio": str(aqui.year),
            "hora": f"{aqui:%H}",
            "minuto": f"{aqui:%M}",
        }
        return sustituir(self.formatos[tipo], partes)


@dataclass(frozen=True)
class Plantilla:
    """One logical message in all its languages. `textos`: language -> part -> text.

    One that `se_pide` is sent because a program or somebody of the staff asks for it, with values
    of theirs; the others are sent because something happened.
    """

    clave: Clave
    version: int
    no_duplicar: bool
    respeta_ventana: bool
    reconsulta_al_enviar: bool
    se_pide: bool
    variables: Mapping[str, Tipo]
    secretas: frozenset[str]
    textos: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Redaccion:
    """A message as its reader gets it, in the language that there was a text for.

    Of an SMS, `sms` says how it was written.
    """

    idioma: str
    asunto: str | None
    cuerpo: str
    sms: Escrito | None = None


def sustituir(texto: str, valores: Mapping[str, str]) -> str:
    """Put each value in its place; raises PlantillaInvalida for a name without a value."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in valores:
            raise PlantillaInvalida(f"no value for {{{{{match[1]}}}}}")
        return valores[match[1]]

    return _PLACEHOLDER.sub(value, texto)


def nombres(texto: str) -> frozenset[str]:
    """The variables that a text names; raises PlantillaInvalida for anything else in braces."""
    if "{{" in (rest := _PLACEHOLDER.sub("", texto)) or "}}" in rest:
        raise PlantillaInvalida("braces that are not {{a_name}}")
    return frozenset(_PLACEHOLDER.findall(texto))


def redactar(
    plantilla: Plantilla, canal: Canal, idioma: str, valores: Mapping[str, Valor]
) -> Redaccion:
    """Write a message; raises PlantillaInvalida when a value is missing, foreign or mistyped.

    `idioma` is wanted; what was used, the base language if need be, is in the answer.
    """
    if set(valores) != set(plantilla.variables):
        difference = sorted(set(valores) ^ set(plantilla.variables))
        raise PlantillaInvalida(f"{plantilla.clave}: values differ from variables: {difference}")
    usado = idioma if idioma in plantilla.textos else base()
    escritos = {
        nombre: _escribir(nombre, tipo, valores[nombre], idiomas()[usado])
        for nombre, tipo in plantilla.variables.items()
    }
    textos = plantilla.textos[usado]
    if canal is Canal.SMS:
        return Redaccion(usado, None, sustituir(_parte(plantilla, textos, "sms"), escritos))
    # A header is one line: whatever a value brings.
    asunto = " ".join(sustituir(_parte(plantilla, textos, "asunto"), escritos).split())
    return Redaccion(usado, asunto, sustituir(_parte(plantilla, textos, "correo"), escritos))


def _parte(plantilla: Plantilla, textos: Mapping[str, str], parte: str) -> str:
    if parte not in textos:
        raise PlantillaInvalida(f"{plantilla.clave} has no {parte}")
    return textos[parte]


def _escribir(nombre: str, tipo: Tipo, valor: Valor, idioma: Idioma) -> str:
    if not isinstance(valor, _PYTHON[tipo]):
        raise PlantillaInvalida(f"{nombre} is not a {tipo}")
    return idioma.escribir(tipo, valor) if isinstance(valor, datetime) else str(valor)


@cache
def idiomas() -> Mapping[str, Idioma]:
    """The languages that messages are written in, by their two-letter key."""
    return {
        clave: Idioma(
            clave,
            datos["nombre"],
            tuple(datos["dias"]),
            tuple(datos["meses"]),
            {tipo: datos[tipo] for tipo in (Tipo.FECHA, Tipo.FECHA_LARGA, Tipo.HORA)},
        )
        for clave, datos in _read("idiomas.json")["idiomas"].items()
    }


@cache
def base() -> str:
    """The language of a message when there is no text in the reader's."""
    return str(_read("idiomas.json")["base"])


def idioma_de(codigo: str) -> str:
    """The key under which texts are kept for an ISO 639 code of two or three letters."""
    iso = _read("idiomas.json")["iso639_3"]
    return str(iso.get(codigo, codigo))


@cache
def plantillas() -> Mapping[Clave, Plantilla]:
    """Every message, checked: raises PlantillaInvalida for a text that names the unknown."""
    datos = _read("plantillas.json")
    hechas = {
        Clave(clave): _plantilla(Clave(clave), datos["version"], plantilla)
        for clave, plantilla in datos["plantillas"].items()
    }
    if faltan := set(Clave) - set(hechas):
        raise PlantillaInvalida(f"no text for {sorted(faltan)}")
    return hechas


@cache
def pedibles() -> frozenset[Clave]:
    """The messages that may be asked for."""
    return frozenset(clave for clave, una in plantillas().items() if una.se_pide)


def nombre_de_reloj(codigo: str) -> str:
    """What a clock of a case waits for, in the words of a notice."""
    return str(_read("plantillas.json")["relojes"].get(codigo, codigo.replace("_", " ")))


def nombre_de_resultado(codigo: str) -> str:
    """How a derivation ended badly, in the words of a notice."""
    return str(_read("plantillas.json")["resultados"].get(codigo, codigo.replace("_", " ")))


def nombre_de_razon(codigo: str) -> str:
    """Why data may not be used any more, in the words of a notice."""
    return str(_read("plantillas.json")["razones"].get(codigo, codigo.replace("_", " ")))


def nombre_de_derecho(codigo: str) -> str:
    """What a person asked of their data, in the words of a notice."""
    return str(_read("plantillas.json")["derechos"].get(codigo, codigo.replace("_", " ")))


def nombre_de_situacion(codigo: str) -> str:
    """How a request about somebody's data stands, in the words of a notice."""
    return str(_read("plantillas.json")["situaciones_de_derecho"][codigo])


def nombre_de_situacion_de_incidente(codigo: str) -> str:
    """How a breach of people's data stands, in the words of a notice."""
    return str(_read("plantillas.json")["situaciones_de_incidente"][codigo])


def titulo_en_resumen(clave: Clave) -> str:
    """What the notices of a kind are called in a digest."""
    return str(_read("plantillas.json")["titulos_en_resumen"][clave])


def como_se_avisa(*, por_correo: bool) -> str:
    """How the institution hears of it, in the words of a notice."""
    return str(_read("plantillas.json")["como_se_avisa"]["correo" if por_correo else "otra_via"])


def razon_de_suscripcion(codigo: str) -> str:
    """Why nothing is sent to a unit's system any more, in the words of a notice."""
    return str(_read("plantillas.json")["razones_de_suscripcion"][codigo])


def _plantilla(clave: Clave, version: int, datos: Mapping[str, Any]) -> Plantilla:
    plantilla = Plantilla(
        clave=clave,
        version=version,
        no_duplicar=datos["no_duplicar"],
        respeta_ventana=datos["respeta_ventana"],
        reconsulta_al_enviar=datos["reconsulta_al_enviar"],
        se_pide=datos.get("se_pide", False),
        variables={nombre: Tipo(tipo) for nombre, tipo in datos["variables"].items()},
        secretas=frozenset(datos["secretas"]),
        textos=datos["textos"],
    )
    for idioma, textos in plantilla.textos.items():
        for parte, texto in textos.items():
            if ajenas := nombres(texto) - set(plantilla.variables):
                raise PlantillaInvalida(f"{clave}.{idioma}.{parte} names {sorted(ajenas)}")
    if base() not in plantilla.textos or not set(plantilla.textos) <= set(idiomas()):
        raise PlantillaInvalida(f"{clave}: languages {sorted(plantilla.textos)}")
    return plantilla


@cache
def _read(name: str) -> dict[str, Any]:
    datos: dict[str, Any] = json.loads((Path(__file__).parent / name).read_text("utf-8"))
    return datos
