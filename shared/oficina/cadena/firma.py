"""The signature of what the audit hands out: heads of its chains and exports.

Ed25519, as a JWS that anybody can check with the public key. The private key is a file beside the
other keys, outside every database; the first of the file signs, all of it verifies, so that a
rotation is one more in front. The kind of what is signed (`typ`) is signed with it: no export can
be shown as a head.
"""

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

KEY_FILE = "auditoria.json"
ALGORITHM = "Ed25519"


class Que(StrEnum):
    """What is signed."""

    CABEZA = "acogida-auditoria-cabeza"
    EXPORTACION = "acogida-auditoria-exportacion"


class FirmaInvalida(Exception):
    """Not signed by this office, or not as what it is shown as."""


class FaltaLaClave(Exception):
    """The key that signs is not there, and may not be made."""


class FirmaDeAuditoria:
    """The keys with which the audit signs."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    @classmethod
    def load(cls, folder: Path, *, make: bool) -> "FirmaDeAuditoria":
        """Read the private key set in `folder`; with `make`, make it (mode 600) when missing.

        Raises FaltaLaClave when it is missing and may not be made.
        """
        path = folder / KEY_FILE
        if make and not path.exists():
            _make(path)
        if not path.exists():
            raise FaltaLaClave(str(path))
        return cls(KeySet.import_key_set(json.loads(path.read_text(encoding="utf-8"))))

    @property
    def kid(self) -> str:
        """The name of the key that signs: the thumbprint of its public half (RFC 7638)."""
        return str(self._keys.keys[0].kid)

    def firmar(self, que: Que, dicho: Mapping[str, Any]) -> str:
        """A compact JWS of a JSON object."""
        header = {"alg": ALGORITHM, "kid": self.kid, "typ": que.value}
        payload = json.dumps(dicho, sort_keys=True, ensure_ascii=False).encode()
        return jws.serialize_compact(header, payload, self._keys.keys[0], algorithms=[ALGORITHM])

    def leer(self, que: Que, firmado: str) -> Mapping[str, Any]:
        """What was signed. Raises FirmaInvalida."""
        try:
            found = jws.deserialize_compact(firmado.strip(), self._keys, algorithms=[ALGORITHM])
            dicho = json.loads(found.payload)
        except (JoseError, ValueError) as error:
            raise FirmaInvalida from error
        if found.headers().get("typ") != que.value or not isinstance(dicho, dict):
            raise FirmaInvalida
        return dicho

    def publica_pem(self) -> str:
        """The public half of the key that signs, as OpenSSL reads it."""
        key = self._keys.keys[0]
        if not isinstance(key, OKPKey):
            raise TypeError(f"the first key of {KEY_FILE} is no Ed25519")
        return key.as_pem(private=False).decode()


def _make(path: Path) -> None:
    """Whole or not at all, and the first of two processes wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    keys = json.dumps(KeySet([key]).as_dict(private=True))
    with suppress(FileExistsError):
        leave(path, keys, mode=0o600)


def leave(path: Path, text: str, *, mode: int) -> None:
    """Write a file whole or not at all; FileExistsError, and nothing changes, if it is there."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _put(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _put(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        # A shared folder without hard links; there two processes may both be the first.
        if path.exists():
            raise FileExistsError(path) from None
        draft.replace(path)
