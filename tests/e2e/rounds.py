"""Where a walk through the pages of each role begins, and which pages are one page."""

import re
from urllib.parse import urlsplit

STARTS = {
    "": [
        "/identidad/entrar",
        "/identidad/enlace/no-existe",
        "/notificaciones/baja/no-existe",
        "/eventos",
        "/casos/abiertos/expediente",
        "/no-existe",
    ],
    "recepcion": [
        "/",
        "/casos/personas/nueva",
        "/casos/recepcion",
        "/casos/buscar",
    ],
    "profesional": ["/", "/casos/?estado=todos", "/notificaciones/escribir?plantilla=retiro_listo"],
    "coordinacion": [
        "/",
        "/casos/?estado=todos",
        "/notificaciones/plantillas/nueva",
        "/notificaciones/reglas/nueva",
        "/notificaciones/masivos/nuevo?plantilla=aviso_general",
    ],
    "encargado_programa": [
        "/",
        "/casos/programas?ver=todos",
        "/casos/convenios?ver=todos",
    ],
    "delegado_datos": [
        "/",
        "/casos/derechos?ver=todas",
        "/casos/derechos/nueva",
        "/casos/incidentes?ver=todos",
        "/notificaciones/suscripciones",
    ],
    "analista": ["/", "/reportes/", "/casos/"],
    "contraparte_unidad": ["/", "/casos/unidad", "/notificaciones/suscripciones/nueva"],
    "auditor": [
        "/",
        "/casos/accesos-excepcionales",
        "/identidad/auditoria?desde=2020-01-01&hasta=2019-01-01&recurso_id=nada",
        "/identidad/auditoria/cadenas",
    ],
    "administrador": [
        "/",
        "/casos/",
        "/identidad/unidades",
        "/identidad/clientes",
        "/identidad/mi-cuenta",
        "/casos/temas",
        "/eventos/operacion",
        "/eventos/operacion/repetir",
        "/eventos/operacion/reportes?estado=hecho",
        "/eventos/operacion/reportes/reintentar",
    ],
}
ID = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d{2}(-\d{2})?|(?<=/baja/)[\w-]{60,}"
)
DOWNLOAD = re.compile(r"\.(csv|xlsx|pdf|json|ics|zip)$|/pdf$")


def path_of(address: str) -> str:
    """The path of a page, whatever it is about."""
    return ID.sub("x", urlsplit(address).path)


def shape(address: str) -> str:
    """What a page is, whatever it is about and however it is filtered."""
    parts = urlsplit(address)
    names = sorted(part.partition("=")[0] for part in parts.query.split("&") if part)
    return ID.sub("x", parts.path) + ("-" + "-".join(names) if names else "")


def is_page(address: str) -> bool:
    """Whether an address is of something to be read in a browser."""
    path = urlsplit(address).path
    return not DOWNLOAD.search(path) and "/static/" not in path
