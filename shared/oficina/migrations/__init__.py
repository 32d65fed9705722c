"""One Alembic environment for every service's database.

A database has two lines of history: the tables that oficina brings (outbox, inbox, audit), kept in
`versions/` here, and the service's own, kept in `services/<servicio>/migrations/`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from oficina.db import Database

TABLES = (
    "oficina.bus.tables",
    "oficina.audit",
    "oficina.cadena.tables",
    "oficina.apartadas",
    "oficina.retencion",
    "oficina.web.idempotency",
)
"""Every module of oficina that has tables."""


def load_tables() -> None:
    """Make each table of oficina known to `OficinaBase.metadata`."""
    for module in TABLES:
        import_module(module)


def config(servicio: str, connection: Connection | None = None) -> Config:
    """The Alembic configuration of one service; commands run on `connection`."""
    here = Path(str(files("oficina"))) / "migrations"
    own = Path(str(files(servicio))) / "migrations"
    made = Config()
    made.set_main_option("script_location", str(here))
    made.set_main_option("path_separator", "newline")
    made.set_main_option("version_locations", f"{here / 'versions'}\n{own}")
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
    """Whether the database has every migration that this version knows."""
    wanted = set(ScriptDirectory.from_config(config(servicio)).get_heads())
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == wanted
