"""How a template would be read: in every language, by each channel, and what its SMS costs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from notificaciones.mensajes import sms
from notificaciones.mensajes.costos import Segmentos, segmentos_de, tarifa_del
from notificaciones.mensajes.sms import Tildes
from notificaciones.plantillas.catalogo import Canal, Plantilla, idiomas, redactar
from notificaciones.plantillas.motor import Tipo, Valor, Variable, leer
from oficina.clock import ZONA, today
from oficina.errors import DatosInvalidos

LARGO_DE_URL = 500
"""The longest web address that a message takes."""

_ENTEROS = range(-999_999_999, 1_000_000_000)
_HORA_DE_EJEMPLO = time(10, 30)


@dataclass(frozen=True, kw_only=True)
class Lectura:
    """What a reader of one language would get by one channel.

    `idioma` is the reader's; `usado` that of the text, the base language when there is none.
    """

    idioma: str
    usado: str
    canal: Canal
    asunto: str | None
    cuerpo: str
    segmentos: Segmentos | None
    sin_nombrar: Sequence[str]
    """Declared variables that it does not show."""


def lecturas(
    plantilla: Plantilla,
    valores: Callable[[str], Mapping[str, Valor]],
    tildes: Tildes,
    dia: date,
) -> Sequence[Lectura]:
    """A template for every language and channel, with the values that a language has."""
    decidida = replace(plantilla, tildes=plantilla.tildes or tildes)
    return [
        _lectura(decidida, valores(idioma), canal, idioma, dia)
        for idioma in idiomas()
        for canal in plantilla.canales
    ]


def _lectura(
    plantilla: Plantilla,
    valores: Mapping[str, Valor],
    canal: Canal,
    idioma: str,
    dia: date,
) -> Lectura:
    texto = redactar(plantilla, canal, idioma, valores)
    cuerpo, segmentos = texto.cuerpo, None
    if canal is Canal.SMS:
        escrito = sms.escribir(texto.cuerpo, plantilla.tildes or Tildes.CONSERVAR)
        conteo = escrito.conteo
        cuerpo = escrito.texto
        segmentos = segmentos_de(
            cuerpo, conteo.codificacion, conteo.partes, escrito.con_tildes, tarifa_del(dia).clave
        )
    parte = "sms" if canal is Canal.SMS else "correo"
    nombrados = leer(plantilla.textos[texto.idioma][parte]).nombres
    return Lectura(
        idioma=idioma,
        usado=texto.idioma,
        canal=canal,
        asunto=texto.asunto,
        cuerpo=cuerpo,
        segmentos=segmentos,
        sin_nombrar=[nombre for nombre in plantilla.variables if nombre not in nombrados],
    )


def de_ejemplo(plantilla: Plantilla, escritos: Mapping[str, Any] | None = None) -> dict[str, Valor]:
    """Values for a trial: those that were written, and examples for the rest.

    Raises DatosInvalidos for one that is not of its type, under `valores`.
    """
    dados = {nombre: valor for nombre, valor in (escritos or {}).items() if valor != ""}
    faltan = {n: ejemplo_de(v) for n, v in plantilla.variables.items() if n not in dados}
    return leer_valores(plantilla, {**faltan, **dados})


def ejemplo_de(variable: Variable) -> str:
    """An example of a variable, as somebody would write it."""
    if variable.ejemplo:
        return variable.ejemplo
    manana = today() + timedelta(days=1)
    return {
        Tipo.TEXTO: "texto de ejemplo"[: variable.largo],
        Tipo.URL: "https://oficina.example/ver/123",
        Tipo.ENTERO: "3",
        Tipo.FECHA: manana.isoformat(),
        Tipo.FECHA_LARGA: manana.isoformat(),
        Tipo.HORA: f"{_HORA_DE_EJEMPLO:%H:%M}",
    }[variable.tipo]


def leer_valores(plantilla: Plantilla, escritos: Mapping[str, Any]) -> dict[str, Valor]:
    """Values as a program or a person gives them: texts, numbers, days and hours (ISO 8601).

    Raises DatosInvalidos, with the name of each one that is missing, unknown or of another type
    under `valores`. A day or a moment is Chile's unless it says its zone.
    """
    errores: dict[str, list[str]] = {
        nombre: [_("No es un dato de esta plantilla.")]
        for nombre in escritos
        if nombre not in plantilla.variables
    }
    leidos: dict[str, Valor] = {}
    for nombre, variable in plantilla.variables.items():
        escrito = escritos.get(nombre)
        if escrito is None or escrito == "":
            if not variable.opcional:
                errores[nombre] = [_("Falta este dato.")]
            continue
        try:
            leidos[nombre] = _leer_valor(variable, escrito)
        except ValueError as error:
            errores[nombre] = [str(error)]
    if errores:
        raise DatosInvalidos({"valores": errores})
    return leidos


def _leer_valor(variable: Variable, escrito: Any) -> Valor:
    match variable.tipo:
        case Tipo.TEXTO:
            return _leer_texto(escrito, variable.largo)
        case Tipo.URL:
            return _leer_url(_leer_texto(escrito, LARGO_DE_URL))
        case Tipo.ENTERO:
            return _leer_entero(escrito)
        case Tipo.HORA:
            return _leer_momento(escrito, _("Escriba una hora, como 10:30."), con_dia=False)
        case Tipo.FECHA | Tipo.FECHA_LARGA:
            return _leer_momento(escrito, _("Escriba una fecha, como 2026-11-30."), con_dia=True)


def _leer_texto(escrito: Any, largo: int | None) -> str:
    if not isinstance(escrito, str):
        raise ValueError(_("Se esperaba un texto."))
    if largo is not None and len(escrito) > largo:
        raise ValueError(_("Tiene a lo más %(largo)s caracteres.", largo=largo))
    if "\0" in escrito:
        raise ValueError(_("El texto tiene caracteres que no se pueden guardar."))
    return escrito


def _leer_url(escrito: str) -> str:
    try:
        partes = urlsplit(escrito)
    except ValueError:
        partes = urlsplit("")
    if partes.scheme not in {"http", "https"} or not partes.hostname or " " in escrito:
        raise ValueError(_("Escriba una dirección web entera, con https://."))
    return escrito


def _leer_entero(escrito: Any) -> int:
    try:
        entero = int(str(escrito)) if not isinstance(escrito, bool) else None
    except ValueError:
        entero = None
    if entero is None or entero not in _ENTEROS:
        raise ValueError(_("Escriba un número entero."))
    return entero


def _leer_momento(escrito: Any, si_no: str, *, con_dia: bool) -> datetime:
    """A day, an hour or a moment."""
    try:
        if con_dia and len(str(escrito)) == 10:
            return datetime.combine(date.fromisoformat(escrito), time(12), ZONA).astimezone(UTC)
        if not con_dia and len(str(escrito)) == 5:
            hora = time.fromisoformat(escrito)
            return datetime.combine(today(), hora, ZONA).astimezone(UTC)
        momento = datetime.fromisoformat(str(escrito))
        return (momento if momento.tzinfo else momento.replace(tzinfo=ZONA)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(si_no) from error
