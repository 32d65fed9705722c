"""The keys of one office, as files: several that encrypt and one for blind indexes.

A text is sealed with AES-256-GCM under a fresh nonce and stored as `v1.<key id>.<base64url>`. A key
id is a fingerprint of the key: a restored backup can only be read with the keys it was written
with, and a missing one is named.

Every key in the folder reads; the newest whose time has come writes. A key file may say from when
on its key writes, so that a rotation is one more file: processes look at the folder every few
seconds, and at once when a text names a key that they do not know, so that each of them can read
what a new key sealed before anybody seals with it. Nobody has to start again.
"""

import base64
import binascii
import fcntl
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from oficina import telemetry
from oficina.clock import real_now

INDEX_FILE = "indice"
RETIRED = "retiradas"
"""Folder, inside that of the keys, of those that nothing in the databases needs any more."""

LOOK_SECONDS = 2.0
"""How long a process may not know of a key file that is there."""

_KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = "v1"
_CIPHER_FILE = re.compile(r"cifrado-(\d+)")
_SINCE = "desde "

log = telemetry.get_logger("oficina.keyring")


class KeyringError(Exception):
    """The keys cannot be used, or a sealed text does not open with them; says which and why."""


@dataclass(frozen=True)
class Key:
    """A key that encrypts: its number in the folder, and from when on it writes."""

    number: int
    raw: bytes = field(repr=False)
    since: datetime | None = None

    def __post_init__(self) -> None:
        if len(self.raw) != _KEY_BYTES:
            raise KeyringError(f"a key has {len(self.raw)} bytes and needs {_KEY_BYTES}")

    @cached_property
    def id(self) -> str:
        """The fingerprint that each text sealed with it carries."""
        return hashlib.sha256(b"acogida key id" + self.raw).hexdigest()[:8]

    @property
    def file(self) -> str:
        """Its name in the folder."""
        return f"cifrado-{self.number}"


class Keyring:
    """The keys of one office. One that was read from a folder follows what happens there."""

    def __init__(self, keys: Iterable[Key], index_key: bytes, folder: Path | None = None) -> None:
        self._ring = _Ring(keys)
        if len(index_key) != _KEY_BYTES:
            raise KeyringError(f"a key has {len(index_key)} bytes and needs {_KEY_BYTES}")
        # To be copied: the key is read into it once.
        self._index = HMAC(index_key, SHA256())
        self._folder = folder
        self._looked = time.monotonic()

    def __repr__(self) -> str:
        return f"Keyring(writes={self.writes.id}, keys={len(self.keys)})"

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
                _write_key(folder / "cifrado-1", secrets.token_bytes(_KEY_BYTES))
            _write_key(folder / INDEX_FILE, secrets.token_bytes(_KEY_BYTES))
        paths = _cipher_files(folder)
        if not paths or not (folder / INDEX_FILE).is_file():
            raise KeyringError(
                f"faltan las claves: en {folder} deben estar cifrado-1 e {INDEX_FILE}, "
                f"de {_KEY_BYTES} bytes cada una en base64url, modo 600"
            )
        return cls(_read_all(paths), _read_key(0, folder / INDEX_FILE).raw, folder)

    @property
    def keys(self) -> tuple[Key, ...]:
        """All that read, the newest first."""
        self._look()
        return self._ring.newest_first

    @property
    def writes(self) -> Key:
        """The one that seals at this moment."""
        self._look()
        return self._ring.writer()

    def encrypt(self, text: str, context: str) -> str:
        """Seal `text` for the column named `context`."""
        self._look()
        ring = self._ring
        key_id = ring.writer().id
        nonce = os.urandom(_NONCE_BYTES)
        sealed = ring.ciphers[key_id].encrypt(nonce, text.encode(), _aad(key_id, context))
        return f"{_VERSION}.{key_id}.{_b64(nonce + sealed)}"

    def decrypt(self, sealed: str, context: str) -> str:
        """Open a sealed text; raises KeyringError if key, context or text are not its own."""
        version, _, rest = sealed.partition(".")
        key_id, _, payload = rest.partition(".")
        if version != _VERSION or not payload:
            raise KeyringError(f"what is stored in {context} is not a sealed text")
        cipher = self._cipher(key_id)
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
        hashed = self._index.copy()
        hashed.update(f"{context}\x1f{value}".encode())
        return hashed.finalize().hex()

    def _cipher(self, key_id: str) -> AESGCM | None:
        if key_id not in self._ring.ciphers:
            # Somebody who saw a new key before us has sealed with it.
            self._look(now=True)
        return self._ring.ciphers.get(key_id)

    def _look(self, *, now: bool = False) -> None:
        """Take over what changed in the folder; what cannot be read leaves all as it was."""
        if self._folder is None or (not now and time.monotonic() - self._looked < LOOK_SECONDS):
            return
        self._looked = time.monotonic()
        try:
            paths = _cipher_files(self._folder)
            if paths and paths.keys() != self._ring.numbers:
                self._ring = _Ring(_read_all(paths))
        except (OSError, KeyringError) as error:
            log.error("claves_no_leidas", kind=type(error).__name__)


class _Ring:
    """What one look at the folder found; never changed, only replaced."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self.newest_first = tuple(sorted(keys, key=lambda key: key.number, reverse=True))
        if not self.newest_first:
            raise KeyringError("the keyring needs at least one encryption key")
        self.numbers = {key.number for key in self.newest_first}
        self.ciphers = {key.id: AESGCM(key.raw) for key in self.newest_first}

    def writer(self) -> Key:
        """The newest whose time has come; the oldest while none's has."""
        for key in self.newest_first:
            if key.since is None or key.since <= real_now():
                return key
        return self.newest_first[-1]


def add_key(folder: Path, since: datetime) -> Key:
    """Put one more key into the folder, which writes from `since` on."""
    retired = _cipher_files(folder / RETIRED)
    number = max([*_cipher_files(folder), *retired], default=0) + 1
    path = folder / f"cifrado-{number}"
    _write_key(path, secrets.token_bytes(_KEY_BYTES), since)
    return _read_key(number, path)


def put_away(folder: Path, key: Key) -> Path:
    """Move a key to where nobody reads it. Backups of the time when it wrote still need it."""
    away = folder / RETIRED
    away.mkdir(mode=0o700, exist_ok=True)
    return (folder / key.file).rename(away / key.file)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one that changes the folder of the keys; readers are not kept waiting."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def readable_by_others(folder: Path) -> list[Path]:
    """What of the folder others can read, the folder itself included."""
    inside = sorted(folder.rglob("*"))
    return [path for path in (folder, *inside) if path.stat().st_mode & 0o077]


def _aad(key_id: str, context: str) -> bytes:
    return f"{_VERSION}.{key_id}.{context}".encode()


def _b64(raw: bytes) -> str:
    return binascii.b2a_base64(raw, newline=False).translate(_URLSAFE, b"=").decode()


_URLSAFE = bytes.maketrans(b"+/", b"-_")


def _cipher_files(folder: Path) -> dict[int, Path]:
    if not folder.is_dir():
        return {}
    named = ((path, _CIPHER_FILE.fullmatch(path.name)) for path in folder.iterdir())
    return {int(match[1]): path for path, match in named if match}


def _write_key(path: Path, raw: bytes, since: datetime | None = None) -> None:
    if path.exists():
        return
    # Written aside and linked into place: nobody ever reads half a key, and of two processes that
    # start together one makes it and both read the same.
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(_b64(raw) + "\n")
        if since is not None:
            file.write(f"{_SINCE}{since.astimezone(UTC).isoformat(timespec='seconds')}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        return
    finally:
        aside.unlink()


def _read_all(paths: Mapping[int, Path]) -> list[Key]:
    return [_read_key(number, path) for number, path in paths.items()]


def _read_key(number: int, path: Path) -> Key:
    if path.stat().st_mode & 0o077:
        raise KeyringError(f"otros pueden leer la clave {path}: ejecute chmod 600 {path}")
    first, *rest = path.read_text(encoding="ascii", errors="replace").strip().split("\n")
    text = first.strip()
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        since = _since(rest)
    except ValueError as error:
        raise KeyringError(f"{path} no es una clave en base64url") from error
    if len(raw) != _KEY_BYTES:
        raise KeyringError(f"{path} tiene {len(raw)} bytes; una clave tiene {_KEY_BYTES}")
    return Key(number, raw, since)


def _since(lines: list[str]) -> datetime | None:
    if not lines:
        return None
    moment = datetime.fromisoformat(lines[0].removeprefix(_SINCE).strip())
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment
