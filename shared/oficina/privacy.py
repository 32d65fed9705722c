"""Personal data at rest: encrypted columns, blind indexes, masks.

A column of `EncryptedText` is sealed in the database (`oficina.keyring`). The column's context is
authenticated with the text, so a value moved to another column does not open.

What leaves for a subscriber names nobody by an id that another one could have: `pseudonym`.

An equal search over a sealed column goes through `blind_index`, a keyed hash that is the same for
the same value and says nothing without the key.
"""

import hashlib
import hmac
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from oficina.keyring import Keyring, KeyringError

__all__ = [
    "EncryptedText",
    "Keyring",
    "KeyringError",
    "blind_index",
    "current_keyring",
    "mask",
    "pseudonym",
    "use_keyring",
]

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


def pseudonym(key: bytes, kind: str, value: str) -> UUID:
    """What stands for an id under one subscriber's key, always the same: a UUID version 8.

    Without the key nobody can say whose it is, nor whether that of another key is the same thing.
    """
    digest = hmac.new(key, f"{kind}\x1f{value}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | (0x8 << 76)
    return UUID(int=number & ~(0x3 << 62) | (0x2 << 62))


def mask(text: str) -> str:
    """What may be shown of a secret: its last three characters, or none of a short one."""
    return "•••" + (text[-3:] if len(text) > 6 else "")
