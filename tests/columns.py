"""Databases with every table of a service, on either column.

Migrating takes longer than most tests take. It is done once for each service and column, and what
came out is copied: the bytes of a file on SQLite, a template (tests/conftest.py) on PostgreSQL.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from oficina.db import Database
from oficina.migrations import migrate

COLUMNS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]
"""What a test of both is parametrized with."""


def file_in(folder: Path, servicio: str) -> str:
    """The URL of a new database of a service, where an office with its data there looks for it."""
    path = folder / f"{servicio}.db"
    with path.open("xb") as file:
        file.write(_migrated(servicio))
    return f"sqlite:///{path}"


def driven(url: str) -> str:
    """A postgresql:// URL as SQLAlchemy wants it."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@cache
def _migrated(servicio: str) -> bytes:
    with TemporaryDirectory(prefix="acogida-tablas-") as folder:
        path = Path(folder) / "plantilla.db"
        db = Database(f"sqlite:///{path}")
        migrate(servicio, db)
        db.close()
        # The last who leaves takes the log away: all is in the file.
        assert list(Path(folder).iterdir()) == [path]
        return path.read_bytes()
