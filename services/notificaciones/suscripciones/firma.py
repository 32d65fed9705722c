"""Signatures of the Standard Webhooks specification, version 1: HMAC-SHA256, one a secret; and what
is kept of a secret that an address carries.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from uuid import UUID

PREFIJO = "whsec_"
BYTES = 32


def nuevo_secreto() -> str:
    """A signing secret, as its receiver gets it."""
    return PREFIJO + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def cabeceras(secretos: Sequence[str], id_: UUID, momento: int, cuerpo: bytes) -> Mapping[str, str]:
    """The headers of an attempt at the second `momento`, signed with each of the secrets."""
    firmado = f"{id_}.{momento}.".encode() + cuerpo
    firmas = [
        base64.b64encode(
            hmac.digest(base64.b64decode(uno.removeprefix(PREFIJO)), firmado, hashlib.sha256)
        ).decode()
        for uno in secretos
    ]
    return {
        "webhook-id": str(id_),
        "webhook-timestamp": str(momento),
        "webhook-signature": " ".join(f"v1,{firma}" for firma in firmas),
    }


def huella_de(token: str) -> str:
    """What is kept of the secret in the address of a feed, or in a link."""
    return hashlib.sha256(token.encode()).hexdigest()
