"""What the system of a unit needs to read its queue, and programs that do."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from oficina.bus.topology import vhost_of
from oficina.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Credenciales:
    """The way to a queue, with the password that is told this once."""

    servidor: str
    vhost: str
    nombre: str
    """Of the queue and of its user."""
    clave: str

    @property
    def direccion(self) -> str:
        """All of it, as a library of AMQP reads it."""
        parts = urlsplit(self.servidor)
        netloc = f"{self.nombre}:{self.clave}@{parts.netloc}"
        return parts._replace(netloc=netloc, path="/" + quote(self.vhost, safe="")).geturl()


def credenciales(settings: Settings, nombre: str, clave: str) -> Credenciales:
    """Of the queue of a name."""
    return Credenciales(
        servidor=settings.amqp_unidades_url,
        vhost=vhost_of(settings.amqp_url),
        nombre=nombre,
        clave=clave,
    )


@cache
def ejemplos() -> Mapping[str, str]:
    """Programs that read a queue, by what they are written in; the tests run them."""
    folder = Path(__file__).parent / "ejemplos"
    return {
        "Python": (folder / "python.txt").read_text(encoding="utf-8"),
        "JavaScript": (folder / "javascript.txt").read_text(encoding="utf-8"),
    }
