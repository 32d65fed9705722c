"""What somebody gives for the variables of a template, read strictly; errors beside each name."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from notificaciones.mensajes.limites import limites
from notificaciones.plantillas.catalogo import Plantilla, Tipo, Valor
from oficina.clock import ZONA, today
from oficina.errors import DatosInvalidos

_ENTERO = re.compile(r"-?[0-9]{1,15}")
_DE_DIA = frozenset({Tipo.FECHA, Tipo.FECHA_LARGA})
# A day has no hour: noon is of that day whatever clocks do.
_MEDIODIA = time(12)


class NoSirve(Exception):
    """A value that is not what its variable holds; says why, to whoever gave it."""


def leer_valores(plantilla: Plantilla, dados: Mapping[str, Any]) -> dict[str, Valor]:
    """One value for each variable and no other; raises DatosInvalidos with their paths.

    A message may come without one that is optional.
    """
    errores: dict[str, list[str]] = {}
    leidos: dict[str, Valor] = {}
    for nombre, variable in plantilla.variables.items():
        if dados.get(nombre) is None:
            if variable.opcional:
                continue
            errores[f"valores.{nombre}"] = [_("Falta este dato.")]
            continue
        try:
            leidos[nombre] = leer_valor(variable.tipo, dados[nombre], variable.largo)
        except NoSirve as error:
            errores[f"valores.{nombre}"] = [str(error)]
    for nombre in dados:
        if nombre not in plantilla.variables:
            errores[f"valores.{nombre}"] = [_("Este campo no existe.")]
    if errores:
        raise DatosInvalidos(errores)
    return leidos


def leer_valor(tipo: Tipo, dado: Any, largo: int | None = None) -> Valor:
    """What a variable of this type holds, from JSON or from a cell; raises NoSirve.

    `largo` is the longest text that its template takes.
    """
    if isinstance(dado, str):
        dado = dado.strip()
    match tipo:
        case Tipo.TEXTO:
            return _texto(dado, largo)
        case Tipo.URL:
            return _url(_texto(dado))
        case Tipo.ENTERO:
            return _entero(dado)
        case _:
            return _momento(tipo, dado)


def guardar(dados: Mapping[str, Any]) -> str:
    """The values as the row keeps them."""
    return json.dumps(dados, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def guardados(plantilla: Plantilla, escritos: str | None) -> dict[str, Valor]:
    """And back."""
    return leer_valores(plantilla, json.loads(escritos or "{}"))


def _texto(dado: Any, largo: int | None = None) -> str:
    if not isinstance(dado, str):
        raise NoSirve(_("Se esperaba un texto."))
    if not dado:
        raise NoSirve(_("Este dato no puede quedar vacío."))
    tope = min(largo or limites().caracteres_por_valor, limites().caracteres_por_valor)
    if len(dado) > tope:
        raise NoSirve(_("Debe tener a lo más %(max)s caracteres.", max=tope))
    if not dado.replace("\n", "").isprintable():
        raise NoSirve(_("El texto tiene caracteres que no se pueden guardar."))
    return dado


def _url(dado: str) -> str:
    try:
        partes = urlsplit(dado)
    except ValueError:
        partes = urlsplit("")
    if partes.scheme not in {"http", "https"} or not partes.netloc or " " in dado or "\n" in dado:
        raise NoSirve(_("No es una dirección web válida."))
    return dado


def _entero(dado: Any) -> int:
    if isinstance(dado, str) and _ENTERO.fullmatch(dado):
        return int(dado)
    if isinstance(dado, bool) or not isinstance(dado, int) or abs(dado) >= 10**15:
        raise NoSirve(_("No es un número entero."))
    return dado


def _momento(tipo: Tipo, dado: Any) -> datetime:
    """A day for what is a day, an hour for what is an hour, or a moment with its zone."""
    if not isinstance(dado, str):
        raise _no_es_fecha(tipo)
    try:
        momento = _leer_momento(tipo, dado)
    except ValueError:
        raise _no_es_fecha(tipo) from None
    if momento.tzinfo is None:
        raise NoSirve(_("A la fecha con hora le falta la zona horaria."))
    # Neither clocks nor calendars can reckon with the last days there are.
    if not 1900 <= momento.year <= 2999:
        raise _no_es_fecha(tipo)
    return momento


def _leer_momento(tipo: Tipo, dado: str) -> datetime:
    if tipo in _DE_DIA and len(dado) <= len("2026-11-30"):
        return datetime.combine(date.fromisoformat(dado), _MEDIODIA, ZONA)
    if tipo is Tipo.HORA and len(dado) == len("10:30"):
        return datetime.combine(today(), time.fromisoformat(dado), ZONA)
    return datetime.fromisoformat(dado)


def _no_es_fecha(tipo: Tipo) -> NoSirve:
    return NoSirve(
        _("No es una fecha: se espera día, mes y año.")
        if tipo in _DE_DIA
        else _("No es una fecha con hora.")
    )
