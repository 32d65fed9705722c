"""One Alembic environment for every service's database.

A database has two lines of history: the tables that oficina brings (outbox, inbox, audit), kept in
`versions/` here, and the service's own, kept in `services/<servicio>/migrations/`. A line is
straight and a file is named by its revision, so the head of a line is the one that none of its
files follows: whether a database is up to date is asked at every start, and Alembic is not loaded
for it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import column, inspect, select, table
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from oficina.db import Database

if TYPE_CHECKING:
    from alembic.config import Config

_FOLLOWS = re.compile(r"""^down_revision = ["'](\w+)["']""", re.MULTILINE)

TABLES = (
    "oficina.bus.tables",
    "oficina.audit",
    "oficina.cadena.tables",
    "oficina.apartadas",
    "oficina.retencion",
    "oficina.web.idempotency",
)
"""Every module of oficina that has tables."""

_VERSIONS = table("alembic_version", column("version_num"))


def load_tables() -> None:
    """Make each table of oficina known to `OficinaBase.metadata`."""
    for module in TABLES:
        import_module(module)


def config(servicio: str, connection: Connection | None = None) -> "Config":
    """The Alembic configuration of one service; commands run on `connection`."""
    from alembic.config import Config  # noqa: PLC0415

    made = Config()
    made.set_main_option("script_location", str(_here()))
    made.set_main_option("path_separator", "newline")
    made.set_main_option("version_locations", "\n".join(map(str, _lines(servicio))))
    made.attributes["servicio"] = servicio
    made.attributes["connection"] = connection
    return made


def migrate(servicio: str, db: Database) -> bool:
    """Bring one database to the newest tables; True when something had to change."""
    if is_current(servicio, db):
        return False
    upgrade(servicio, db, "heads")
    return True


def upgrade(servicio: str, db: Database, revision: str) -> None:
    """Bring one database to a revision, whole or not at all.

    SQLite cannot take a NOT NULL off a column: Alembic makes the table anew and drops the old one,
    which rows of other tables refer to. So, as SQLite's own manual says, foreign keys rest
    meanwhile and are looked at before the end. Raises IntegrityError when a row points nowhere.
    """
    from alembic import command  # noqa: PLC0415

    with (
        db.engine.connect() as connection,
        _foreign_keys_at_rest(connection),
        connection.begin(),
    ):
        command.upgrade(config(servicio, connection), revision)
        _check_foreign_keys(connection)


@contextmanager
def _foreign_keys_at_rest(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        yield
        return
    # On the driver's own connection: within a transaction SQLite passes over this.
    driver = connection.connection.dbapi_connection
    if driver is None:
        raise AssertionError("a connection that is open has a driver")
    driver.cursor().execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.cursor().execute("PRAGMA foreign_keys=ON")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if lost:
        tables = sorted({f"{row[0]} -> {row[2]}" for row in lost})
        raise IntegrityError(
            "PRAGMA foreign_key_check", None, ValueError(f"rows point nowhere: {tables}")
        )


def is_current(servicio: str, db: Database) -> bool:
    """Whether the database has every migration that this version knows, and no other."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table(_VERSIONS.name):
            return False
        found = connection.scalars(select(_VERSIONS.c.version_num))
        return set(found) == heads(servicio)


def heads(servicio: str) -> set[str]:
    """The last revision of each line of a service's database."""
    return set().union(*(_ends(line) for line in _lines(servicio)))


def _ends(line: Path) -> set[str]:
    made = {path.stem: path.read_text(encoding="utf-8") for path in line.glob("*_[0-9]*.py")}
    return made.keys() - {one for text in made.values() for one in _FOLLOWS.findall(text)}


def _here() -> Path:
    return Path(str(files("oficina"))) / "migrations"


def _lines(servicio: str) -> tuple[Path, Path]:
    return _here() / "versions", Path(str(files(servicio))) / "migrations"
