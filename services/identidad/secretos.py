"""Passwords and client secrets: how they are kept and compared, and how tokens are signed."""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from oficina.settings import SettingsError
from oficina.web.tokens import ALGORITHM, Credencial

KEY_FILE = "firma.json"

# The OWASP floor and one pass more: 19 MiB a comparison, so that several at once fit in a small
# machine. A hash says with which costs it was made, so these may grow at any time.
_hasher = PasswordHasher(time_cost=3, memory_cost=19 * 1024, parallelism=1)
# What is compared when nobody has that name, so that the answer takes the same work.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def hash_clave(clave: str) -> str:
    """The argon2id hash of a password."""
    return _hasher.hash(clave)


def clave_correcta(clave_hash: str | None, clave: str) -> bool:
    """Whether the password is the one; the same work is done when there is none to compare."""
    try:
        return _hasher.verify(clave_hash or _NOBODY, clave) and clave_hash is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def nuevo_secreto() -> str:
    """A secret for a program: 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_secreto(secreto: str) -> str:
    """The hash of a random secret; it needs no slow one, as nobody can guess 256 bits."""
    return hashlib.sha256(secreto.encode()).hexdigest()


class Firma:
    """The keys with which identidad signs: the first of the file signs, all are published."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    @classmethod
    def load(cls, folder: Path, *, make: bool) -> "Firma":
        """Read the private key set in `folder`; with `make`, make it (mode 600) when missing.

        Raises SettingsError when it is missing and may not be made.
        """
        path = folder / KEY_FILE
        if make and not path.exists():
            _make(path)
        if not path.exists():
            raise SettingsError(f"{path}: faltan las claves con que identidad firma")
        return cls(KeySet.import_key_set(json.loads(path.read_text(encoding="utf-8"))))

    def firmar(self, credencial: Credencial) -> str:
        """The signed token of a credential."""
        key = self._keys.keys[0]
        header = {"alg": ALGORITHM, "kid": key.kid}
        return jwt.encode(header, credencial.claims(), key, algorithms=[ALGORITHM])

    def sellar(self, proposito: str, datos: Mapping[str, str], vence_en: datetime) -> str:
        """Sign what is no token of anybody: its issuer is its purpose, which no door accepts."""
        key = self._keys.keys[0]
        claims = {"iss": _sello(proposito), "exp": int(vence_en.timestamp()), "datos": dict(datos)}
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])

    def abrir(self, proposito: str, sellado: str, ahora: datetime) -> Mapping[str, str] | None:
        """What was sealed for this purpose and still counts."""
        try:
            claims = jwt.decode(sellado, self._keys, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError):
            return None
        if claims.get("iss") != _sello(proposito) or claims.get("exp", 0) <= ahora.timestamp():
            return None
        datos: Mapping[str, str] = claims["datos"]
        return datos

    def publicas(self) -> dict[str, Any]:
        """The public keys, as a JWK set."""
        return dict(self._keys.as_dict(private=False))


def _sello(proposito: str) -> str:
    return f"acogida/identidad/{proposito}"


def _make(path: Path) -> None:
    """Whole or not at all, and the first of two processes wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(KeySet([key]).as_dict(private=True), file)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
