"""One Alembic environment for every service's database.

A database has two lines of history: the tables that oficina brings (outbox, inbox, audit), kept in
`versions/` here, and the service's own, kept in `services/<servicio>/migrations/`.
"""

from importlib import import_module
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from oficina.db import Database

TABLES = (
    "oficina.bus.tables",
    "oficina.cadena.tables",
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
    with db.engine.begin() as connection:
        command.upgrade(config(servicio, connection), "heads")
    return True


def is_current(servicio: str, db: Database) -> bool:
    """Whether the database has every migration that this version knows."""
    wanted = set(ScriptDirectory.from_config(config(servicio)).get_heads())
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == wanted
