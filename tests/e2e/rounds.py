"""Where a walk through the pages of each role begins, and which pages are one page."""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
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


class Round:
    """The pages that a role reaches by links, each once: of pages that are one page so many, and so
    many of one path, whatever they filter by.
    """

    def __init__(self, role: str, *, same_shape: int, same_path: int) -> None:
        self._starts = STARTS[role]
        self._waiting = deque(self._starts)
        self._seen: dict[str, set[str]] = defaultdict(set)
        self._paths: Counter[str] = Counter()
        self._same_shape, self._same_path = same_shape, same_path

    def __iter__(self) -> Iterator[str]:
        """Each address that is to be looked at; what it leads to is added meanwhile."""
        while self._waiting:
            address = self._waiting.popleft()
            alike, path = self._seen[shape(address)], _path_of(address)
            if len(alike) >= self._same_shape or self._paths[path] >= self._same_path:
                continue
            if address in alike or not _is_page(address):
                continue
            alike.add(address)
            self._paths[path] += 1
            yield address

    def add(self, addresses: Iterable[str]) -> None:
        """Look at these too."""
        self._waiting.extend(addresses)

    def is_first(self, address: str) -> bool:
        """Whether no other page of its shape was looked at before."""
        return len(self._seen[shape(address)]) == 1

    def is_whole(self) -> bool:
        """Whether as much was seen as there are places to begin at."""
        return sum(map(len, self._seen.values())) >= len(self._starts)


def _path_of(address: str) -> str:
    """The path of a page, whatever it is about."""
    return ID.sub("x", urlsplit(address).path)


def shape(address: str) -> str:
    """What a page is, whatever it is about and however it is filtered."""
    parts = urlsplit(address)
    names = sorted(part.partition("=")[0] for part in parts.query.split("&") if part)
    return ID.sub("x", parts.path) + ("-" + "-".join(names) if names else "")


def _is_page(address: str) -> bool:
    """Whether an address is of something to be read in a browser."""
    path = urlsplit(address).path
    return not DOWNLOAD.search(path) and "/static/" not in path
