"""The file of providers (ACOGIDA_PROVEEDORES): who carries messages, as data.

The officer of the municipality's systems writes it. Which addresses it names is theirs to decide,
also inside the intranet: whoever can write this file can change the program itself. Secrets are
never in it: it names the variable of the environment that holds one, or whose `_FILE` does. Every
mistake is named at once, with its path.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from marshmallow import ValidationError
from marshmallow.exceptions import SCHEMA

from notificaciones.proveedores.configuracion import Archivo
from notificaciones.proveedores.esquema import ArchivoSchema
from oficina.settings import SettingsError


class ArchivoInvalido(SettingsError):
    """The file of providers cannot be used; says where it is wrong."""


def leer(ruta: str) -> Archivo:
    """The providers of the file at `ruta`, none when it is empty. Raises ArchivoInvalido."""
    if not ruta:
        return Archivo()
    try:
        datos = json.loads(Path(ruta).read_text(encoding="utf-8"))
    except OSError as error:
        raise ArchivoInvalido(f"ACOGIDA_PROVEEDORES: no se puede leer {ruta}") from error
    except ValueError as error:
        raise ArchivoInvalido(f"ACOGIDA_PROVEEDORES: {ruta} no es JSON: {error}") from error
    try:
        archivo: Archivo = ArchivoSchema().load(datos)
    except ValidationError as error:
        wrong = "\n  ".join(_paths(error.messages))
        raise ArchivoInvalido(
            f"ACOGIDA_PROVEEDORES: {ruta} no se puede usar:\n  {wrong}"
        ) from error
    return archivo


def _paths(messages: Any, path: str = "") -> Iterator[str]:
    """Each mistake with its path: `proveedores.0.envio.url: falta`."""
    if isinstance(messages, Mapping):
        for name, inside in messages.items():
            yield from _paths(inside, path if name == SCHEMA else f"{path}.{name}".lstrip("."))
    elif isinstance(messages, list):
        for one in messages:
            yield from _paths(one, path)
    else:
        yield f"{path or 'el archivo'}: {messages}"
