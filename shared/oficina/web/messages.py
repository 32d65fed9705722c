"""What marshmallow, webargs and werkzeug say in English, in the words of the office.

marshmallow copies its messages into each field when a schema is defined, so they are put into
Spanish when they are shown. Schemas give their own `error=` where the general one says too little.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from oficina.web.here import MAX_BODY
from oficina.web.i18n import fecha

_TEXTS: dict[str, LazyString] = {
    "Missing data for required field.": _l("Falta este dato."),
    "Field may not be null.": _l("Este dato no puede quedar vacío."),
    "Invalid value.": _l("Este dato no es válido."),
    "Invalid type.": _l("Este dato no es del tipo esperado."),
    "Unknown field.": _l("Este campo no existe."),
    "Invalid input type.": _l("Se esperaba un objeto con campos."),
    "Not a valid list.": _l("Se esperaba una lista."),
    "Not a valid string.": _l("Se esperaba un texto."),
    "Not a valid utf-8 string.": _l("El texto no está en UTF-8."),
    "Not a valid UUID.": _l("No es un identificador válido."),
    "Not a valid number.": _l("No es un número."),
    "Not a valid integer.": _l("No es un número entero."),
    "Number too large.": _l("El número es demasiado grande."),
    "Special numeric values (nan or infinity) are not permitted.": _l("No es un número."),
    "Not a valid boolean.": _l("Se esperaba sí o no."),
    "Not a valid date.": _l("No es una fecha: se espera día, mes y año."),
    "Not a valid time.": _l("No es una hora: se espera hora y minutos."),
    "Not a valid datetime.": _l("No es una fecha con hora."),
    "Not a valid aware datetime.": _l("A la fecha con hora le falta la zona horaria."),
    "Not a valid naive datetime.": _l("La fecha con hora no debe llevar zona horaria."),
    "Not a valid mapping type.": _l("Se esperaba un objeto con campos."),
    "Not a valid URL.": _l("No es una dirección web válida."),
    "Not a valid email address.": _l("No es un correo electrónico válido."),
    "String does not match expected pattern.": _l("El texto no tiene la forma esperada."),
    "Invalid input.": _l("Este dato no es válido."),
    "Invalid JSON body.": _l("El cuerpo de la petición no es JSON válido."),
}

_PATTERNS: tuple[tuple[re.Pattern[str], LazyString], ...] = (
    (
        re.compile(r"Shorter than minimum length (?P<min>\d+)\."),
        _l("Debe tener al menos %(min)s caracteres.", min="{min}"),
    ),
    (
        re.compile(r"Longer than maximum length (?P<max>\d+)\."),
        _l("Debe tener a lo más %(max)s caracteres.", max="{max}"),
    ),
    (
        re.compile(r"Length must be between (?P<min>\d+) and (?P<max>\d+)\."),
        _l("Debe tener entre %(min)s y %(max)s caracteres.", min="{min}", max="{max}"),
    ),
    (
        re.compile(r"Length must be (?P<len>\d+)\."),
        _l("Debe tener %(len)s caracteres.", len="{len}"),
    ),
    (
        re.compile(
            r"Must be greater than or equal to (?P<min>.+) and less than or equal to (?P<max>.+)\."
        ),
        _l("Debe estar entre %(min)s y %(max)s.", min="{min}", max="{max}"),
    ),
    (
        re.compile(r"Must be greater than or equal to (?P<min>.+)\."),
        _l("Debe ser %(min)s o más.", min="{min}"),
    ),
    (
        re.compile(r"Must be less than or equal to (?P<max>.+)\."),
        _l("Debe ser %(max)s o menos.", max="{max}"),
    ),
    (
        re.compile(r"Must be one of: (?P<choices>.*)\."),
        _l("Debe ser una de las opciones: %(choices)s.", choices="{choices}"),
    ),
)


def translate(message: Any) -> str:
    """A library's message in the reader's language; our own texts stay as they are."""
    text = str(message)
    if known := _TEXTS.get(text):
        return str(known)
    for pattern, said in _PATTERNS:
        if match := pattern.fullmatch(text):
            values = {name: _readable(value) for name, value in match.groupdict().items()}
            return str(said).format(**values)
    return text


def _readable(value: str) -> str:
    """A day as people write it («el 1 de enero de 2000»); anything else as it stands."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return str(_("el %(dia)s", dia=fecha(day, "long")))


def flatten(errors: Any, path: str = "") -> dict[str, list[str]]:
    """Nested errors by the path of their field: `{"contactos.0.valor": ["Falta este dato."]}`.

    Errors of the whole are under the path of the whole, "" at the top.
    """
    if isinstance(errors, Mapping):
        flat: dict[str, list[str]] = {}
        for key, inner in errors.items():
            step = "" if key == "_schema" else str(key)
            for at, messages in flatten(inner, ".".join(p for p in (path, step) if p)).items():
                flat.setdefault(at, []).extend(messages)
        return flat
    listed = errors if isinstance(errors, (list, tuple)) else [errors]
    return {path: [translate(message) for message in listed]}


def title_of(code: int) -> str:
    """The title of an HTTP status."""
    titles = {
        400: _("La petición no se entiende"),
        401: _("Debe iniciar sesión"),
        403: _("Su rol no permite hacer esto"),
        404: _("No encontramos lo que busca"),
        405: _("Esa acción no existe en esta dirección"),
        406: _("No tenemos el formato que pide"),
        412: _("Otra persona lo modificó mientras usted escribía"),
        413: _("Lo enviado es demasiado grande"),
        415: _("No leemos ese formato"),
        422: _("Hay datos que corregir"),
        429: _("Demasiados intentos; espere un momento"),
        500: _("Algo falló de nuestro lado"),
        503: _("Una parte de la oficina no responde; intente de nuevo en un momento"),
    }
    return str(titles.get(code, _("No se pudo hacer")))


def detail_of(code: int) -> str:
    """What can be done about an HTTP status of which nobody said more; empty when nothing can."""
    if code != 413:
        return ""
    return str(_("De una vez se reciben hasta %(megas)s MB.", megas=MAX_BODY // 1024**2))
