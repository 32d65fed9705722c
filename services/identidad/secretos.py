"""Passwords and client secrets: how they are kept and compared, and how tokens are signed."""

import hashlib
import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from identidad.models import DURACION
from oficina import telemetry
from oficina.clock import real_now
from oficina.keyring import LOOK_SECONDS, alone
from oficina.settings import SettingsError
from oficina.web.tokens import ALGORITHM, LIFE, Credencial

KEY_FILE = "firma.json"

log = telemetry.get_logger("identidad.firma")

PASADAS = 3
MEMORIA_KIB = 19 * 1024
"""The OWASP floor and one pass more: 19 MiB a comparison, so that several at once fit in a small
machine. A hash says with which costs it was made, so these may grow at any time.
"""

_hasher = PasswordHasher(time_cost=PASADAS, memory_cost=MEMORIA_KIB, parallelism=1)


@cache
def _nobody() -> str:
    """What is compared when nobody has that name, so that the answer takes the same work."""
    return _hasher.hash(secrets.token_urlsafe(16))


def hash_clave(clave: str) -> str:
    """The argon2id hash of a password."""
    return _hasher.hash(clave)


def clave_correcta(clave_hash: str | None, clave: str) -> bool:
    """Whether the password is the one; the same work is done when there is none to compare."""
    nobody = _nobody()  # made for the first who asks, whether there is one to compare or not
    try:
        return _hasher.verify(clave_hash or nobody, clave) and clave_hash is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def nuevo_secreto() -> str:
    """A secret for a program: 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_secreto(secreto: str) -> str:
    """The hash of a random secret; it needs no slow one, as nobody can guess 256 bits."""
    return hashlib.sha256(secreto.encode()).hexdigest()


class Firma:
    """The keys with which identidad signs: the newest whose time has come signs, all are published.

    It follows its file. A key is published before it signs, so that whoever verifies knows it by
    then, and stays published for as long as a session may come back with a token of its time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = _stamp(path)
        self._juego = _Juego.leer(path)
        self._looked = time.monotonic()

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
        return cls(path)

    def firmar(self, credencial: Credencial) -> str:
        """The signed token of a credential."""
        key = self._current().firmante(real_now())
        header = {"alg": ALGORITHM, "kid": key.kid}
        return jwt.encode(header, credencial.claims(), key, algorithms=[ALGORITHM])

    def sellar(self, proposito: str, datos: Mapping[str, str], vence_en: datetime) -> str:
        """Sign what is no token of anybody: its issuer is its purpose, which no door accepts."""
        key = self._current().firmante(real_now())
        claims = {"iss": _sello(proposito), "exp": int(vence_en.timestamp()), "datos": dict(datos)}
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])

    def abrir(self, proposito: str, sellado: str, ahora: datetime) -> Mapping[str, str] | None:
        """What was sealed for this purpose and still counts."""
        try:
            claims = jwt.decode(sellado, self._current().claves, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError):
            return None
        if claims.get("iss") != _sello(proposito) or claims.get("exp", 0) <= ahora.timestamp():
            return None
        datos: Mapping[str, str] = claims["datos"]
        return datos

    def publicas(self) -> dict[str, Any]:
        """The public keys, as a JWK set."""
        return dict(self._current().claves.as_dict(private=False))

    def _current(self) -> "_Juego":
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            self._looked = time.monotonic()
            try:
                if (stamp := _stamp(self._path)) != self._stamp:
                    self._juego, self._stamp = _Juego.leer(self._path), stamp
            except (OSError, ValueError) as error:
                log.error("firma_no_leida", kind=type(error).__name__)
        return self._juego


@dataclass(frozen=True)
class ClaveDeFirma:
    """A signing key, and between which moments it signs; None where there is no end."""

    kid: str
    desde: datetime
    hasta: datetime | None


@dataclass(frozen=True)
class _Juego:
    """What the file says: keys, and from when on each signs."""

    claves: KeySet
    desde: Mapping[str, int]

    @classmethod
    def leer(cls, path: Path) -> "_Juego":
        datos = json.loads(path.read_text(encoding="utf-8"))
        return cls(KeySet.import_key_set({"keys": datos["keys"]}), datos.get("desde", {}))

    def escribir(self, path: Path) -> None:
        """Replace the file, whole or not at all."""
        draft = _draft(path, self)
        draft.replace(path)

    def firmante(self, ahora: datetime) -> Any:
        """The newest whose time has come; keys stand in the order in which they were made."""
        ready = [key for key in self.claves.keys if self._empieza(key) <= ahora]
        return ready[-1] if ready else self.claves.keys[0]

    def claves_de_firma(self) -> list[ClaveDeFirma]:
        """The oldest first."""
        starts = [self._empieza(key) for key in self.claves.keys]
        ends = [*starts[1:], None]
        return [
            ClaveDeFirma(str(key.kid), start, end)
            for key, start, end in zip(self.claves.keys, starts, ends, strict=True)
        ]

    def _empieza(self, key: Any) -> datetime:
        return datetime.fromtimestamp(self.desde.get(str(key.kid), 0), UTC)


def claves_de_firma(folder: Path) -> list[ClaveDeFirma]:
    """The signing keys of a folder, the oldest first."""
    return _Juego.leer(folder / KEY_FILE).claves_de_firma()


def agregar_firma(folder: Path, desde: datetime) -> str:
    """Publish one more key, which signs from `desde` on; its id."""
    path = folder / KEY_FILE
    with alone(folder):
        juego = _Juego.leer(path)
        key = _nueva_clave()
        starts = {**juego.desde, str(key.kid): int(desde.timestamp())}
        _Juego(KeySet([*juego.claves.keys, key]), starts).escribir(path)
    return str(key.kid)


def retirar_firmas(folder: Path, ahora: datetime) -> list[str]:
    """Forget the keys whose tokens no session can come back with any more; their ids."""
    path = folder / KEY_FILE
    with alone(folder):
        juego = _Juego.leer(path)
        old = {
            each.kid
            for each in juego.claves_de_firma()
            if each.hasta is not None and each.hasta + DURACION + LIFE < ahora
        }
        if old:
            kept = [key for key in juego.claves.keys if str(key.kid) not in old]
            starts = {kid: since for kid, since in juego.desde.items() if kid not in old}
            _Juego(KeySet(kept), starts).escribir(path)
    return sorted(old)


def _nueva_clave() -> ECKey:
    return ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)


def _stamp(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_ino


def _sello(proposito: str) -> str:
    return f"acogida/identidad/{proposito}"


def _make(path: Path) -> None:
    """Whole or not at all, and the first of two processes wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path, _Juego(KeySet([_nueva_clave()]), {}))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _draft(path: Path, juego: _Juego) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({**juego.claves.as_dict(private=True), "desde": dict(juego.desde)}, file)
        file.flush()
        os.fsync(file.fileno())
    return draft
