"""Personal data at rest: encrypted columns, blind indexes, masks.

A text is sealed with AES-256-GCM under a fresh nonce and stored as `v1.<key id>.<base64url>`. The
column's context is authenticated with it, so a value moved to another column does not open. A key
id is a fingerprint of the key: a restored backup can only be read with the keys it was written
with, and a missing one is named. The newest key writes, every key in the folder reads: a rotation
is one more file.

An equal search over a sealed column goes through `blind_index`, a keyed hash that is the same for
the same value and says nothing without the key.
"""

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

_KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = "v1"
_CIPHER_FILE = re.compile(r"cifrado-(\d+)")
_INDEX_FILE = "indice"


class KeyringError(Exception):
    """The keys cannot be used, or a sealed text does not open with them; says which and why."""


class Keyring:
    """The keys of one office: several for encryption, one for blind indexes."""

    def __init__(self, cipher_keys: Mapping[int, bytes], index_key: bytes) -> None:
        """`cipher_keys` by age, the highest number writes. Every key has 32 bytes."""
        if not cipher_keys:
            raise KeyringError("the keyring needs at least one encryption key")
        for key in (*cipher_keys.values(), index_key):
            if len(key) != _KEY_BYTES:
                raise KeyringError(f"a key has {len(key)} bytes and needs {_KEY_BYTES}")
        self._ciphers = {_fingerprint(key): AESGCM(key) for key in cipher_keys.values()}
        self._active = _fingerprint(cipher_keys[max(cipher_keys)])
        self._index_key = index_key

    def __repr__(self) -> str:
        return f"Keyring(active={self._active}, keys={len(self._ciphers)})"

    @classmethod
    def load(cls, folder: Path, *, make: bool = True) -> "Keyring":
        """Read `cifrado-<n>` and `indice` from `folder`.

        With `make` (embedded) what is missing is made, mode 600, whole or not at all, and the same
        for every process that starts at that moment. Raises KeyringError when a key is missing and
        may not be made, is not a key, or can be read by others.
        """
        if make:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not _cipher_files(folder):
                _make_key(folder / "cifrado-1")
            _make_key(folder / _INDEX_FILE)
        paths = _cipher_files(folder)
        if not paths or not (folder / _INDEX_FILE).is_file():
            raise KeyringError(
                f"faltan las claves: en {folder} deben estar cifrado-1 e {_INDEX_FILE}, "
                f"de {_KEY_BYTES} bytes cada una en base64url, modo 600"
            )
        keys = {number: _read_key(path) for number, path in paths.items()}
        return cls(keys, _read_key(folder / _INDEX_FILE))

    def encrypt(self, text: str, context: str) -> str:
        """Seal `text` for the column named `context`."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        aad = _aad(self._active, context)
        sealed = self._ciphers[self._active].encrypt(nonce, text.encode(), aad)
        return f"{_VERSION}.{self._active}.{_b64(nonce + sealed)}"

    def decrypt(self, sealed: str, context: str) -> str:
        """Open a sealed text; raises KeyringError if key, context or text are not its own."""
        version, _, rest = sealed.partition(".")
        key_id, _, payload = rest.partition(".")
        if version != _VERSION or not payload:
            raise KeyringError(f"what is stored in {context} is not a sealed text")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise KeyringError(f"a text of {context} needs the key {key_id}, which is not here")
        try:
            raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
            aad = _aad(key_id, context)
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], aad).decode()
        except (InvalidTag, ValueError) as error:
            raise KeyringError(f"a text of {context} was altered or moved") from error

    def index(self, context: str, value: str) -> str:
        """The blind index of `value`: 64 hexadecimal digits."""
        message = f"{context}\x1f{value}".encode()
        return hmac.new(self._index_key, message, hashlib.sha256).hexdigest()


_keyring: Keyring | None = None


def use_keyring(keyring: Keyring) -> None:
    """Set the keyring with which this process seals and opens its columns."""
    global _keyring  # noqa: PLW0603  a column type has no other way to the process's keys
    _keyring = keyring


def current_keyring() -> Keyring:
    """The process's keyring; KeyringError before `use_keyring`."""
    if _keyring is None:
        raise KeyringError("no keyring is in use: call use_keyring() when the process starts")
    return _keyring


def blind_index(context: str, value: str) -> str:
    """The blind index of an already normalised value under the process's keyring."""
    return current_keyring().index(context, value)


class EncryptedText(TypeDecorator[str]):
    """A text column that is sealed in the database and plain in Python.

    `context` names the column (`casos.documento.numero`) for ever: it is part of what is sealed.
    Two equal texts differ when sealed, so the column cannot be searched: use `blind_index`.
    """

    impl = Text
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else current_keyring().encrypt(value, self.context)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else current_keyring().decrypt(value, self.context)


def mask(text: str) -> str:
    """What may be shown of a secret: its last three characters, or none of a short one."""
    return "•••" + (text[-3:] if len(text) > 6 else "")


def _fingerprint(key: bytes) -> str:
    return hashlib.sha256(b"acogida key id" + key).hexdigest()[:8]


def _aad(key_id: str, context: str) -> bytes:
    return f"{_VERSION}.{key_id}.{context}".encode()


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _cipher_files(folder: Path) -> dict[int, Path]:
    if not folder.is_dir():
        return {}
    named = ((path, _CIPHER_FILE.fullmatch(path.name)) for path in folder.iterdir())
    return {int(match[1]): path for path, match in named if match}


def _make_key(path: Path) -> None:
    if path.exists():
        return
    # Written aside and linked into place: nobody ever reads half a key, and of two processes that
    # start together one makes it and both read the same.
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(_b64(secrets.token_bytes(_KEY_BYTES)))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        return
    finally:
        aside.unlink()


def _read_key(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise KeyringError(f"otros pueden leer la clave {path}: ejecute chmod 600 {path}")
    text = path.read_text(encoding="ascii", errors="replace").strip()
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise KeyringError(f"{path} no es una clave en base64url") from error
    if len(key) != _KEY_BYTES:
        raise KeyringError(f"{path} tiene {len(key)} bytes; una clave tiene {_KEY_BYTES}")
    return key
