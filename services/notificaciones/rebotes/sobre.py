"""The envelope sender of each mail (VERP): who reports that one did not arrive writes to it.

It holds the message's id and a signature, so nobody reports of what we did not send. Small letters
and digits alone: not every server keeps the case of a mailbox.
"""

import base64
import hmac
from uuid import UUID

from oficina.privacy import blind_index

_PREFIJO = "r-"
_ID = 16
_FIRMA = 10


def sobre_de(mensaje_id: UUID, dominio: str) -> str:
    """The sender that the envelope of a message shows."""
    raw = mensaje_id.bytes + _firma(mensaje_id)
    return f"{_PREFIJO}{base64.b32encode(raw).decode().rstrip('=').lower()}@{dominio}"


def mensaje_de(sobre: str, dominio: str) -> UUID | None:
    """The message of an address of ours; None for any other."""
    casilla, _arroba, donde = sobre.strip().lower().rpartition("@")
    if donde != dominio.lower() or not casilla.startswith(_PREFIJO):
        return None
    text = casilla.removeprefix(_PREFIJO).upper()
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        return None
    if len(raw) != _ID + _FIRMA:
        return None
    mensaje_id = UUID(bytes=raw[:_ID])
    return mensaje_id if hmac.compare_digest(raw[_ID:], _firma(mensaje_id)) else None


def _firma(mensaje_id: UUID) -> bytes:
    return bytes.fromhex(blind_index("notificaciones.rebote.sobre", mensaje_id.hex))[:_FIRMA]
