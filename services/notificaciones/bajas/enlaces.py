"""The address by which a reader stops messages from within a mail, without any account.

All that it takes is in the address itself, signed: it works long after the message was erased or
its template changed. It names nobody: the mailbox is its blind index.
"""

import base64
import hmac
from dataclasses import dataclass

from notificaciones.plantillas.catalogo import Tema
from oficina.privacy import blind_index

RUTA = "/notificaciones/baja"
_FIRMA = 16
_INDICE = 32


@dataclass(frozen=True, kw_only=True)
class Enlace:
    """What one stops: messages of a topic to a mailbox, whose reader reads `idioma`."""

    indice: str
    tema: Tema
    idioma: str

    def direccion(self, base_url: str) -> str:
        """The address to put in a mail."""
        return f"{base_url}{RUTA}/{self.token()}"

    def token(self) -> str:
        """What it says, and our signature."""
        dicho = bytes.fromhex(self.indice) + f"{self.tema}.{self.idioma}".encode()
        return base64.urlsafe_b64encode(_firma(dicho) + dicho).decode().rstrip("=")


def leer(token: str) -> Enlace | None:
    """What a token of ours says; None for any other."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    firma, dicho = raw[:_FIRMA], raw[_FIRMA:]
    if not hmac.compare_digest(firma, _firma(dicho)):
        return None
    tema, _punto, idioma = dicho[_INDICE:].decode().partition(".")
    return Enlace(indice=dicho[:_INDICE].hex(), tema=Tema(tema), idioma=idioma)


def _firma(dicho: bytes) -> bytes:
    return bytes.fromhex(blind_index("notificaciones.baja.enlace", dicho.hex()))[:_FIRMA]
