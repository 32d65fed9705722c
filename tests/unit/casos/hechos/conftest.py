"""A database of casos with one person, one case and one institution."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import columns
from oficina.db import Database
from oficina.privacy import Keyring, use_keyring

from .registro import Registro


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """An empty database of casos."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    database = Database(columns.file_in(tmp_path, "casos"))
    yield database
    database.close()


@pytest.fixture
def registro(db: Database) -> Registro:
    """Writes what happens."""
    return Registro(db)
