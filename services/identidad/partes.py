"""What the parts of the office are called where people read of them; operators know their codes."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from identidad.actions import SERVICE_PREFIX

PARTES: Mapping[str, LazyString] = {
    "identidad": _l("Cuentas y acceso"),
    "casos": _l("Personas y casos"),
    "agenda": _l("Agenda"),
    "notificaciones": _l("Mensajes"),
    "reportes": _l("Reportes"),
    "acogida": _l("Línea de comandos"),
}


def parte(servicio: str) -> str:
    """The name of a service."""
    return str(PARTES.get(servicio, servicio))


def quien(nombre: str) -> str:
    """Who did something: a service by its name, everybody else as they are called."""
    return parte(nombre.removeprefix(SERVICE_PREFIX)) if _es_servicio(nombre) else nombre


def _es_servicio(nombre: str) -> bool:
    return nombre.startswith(SERVICE_PREFIX) and nombre.removeprefix(SERVICE_PREFIX) in PARTES
