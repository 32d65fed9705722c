"""Write a migration from the difference between a service's models and its migrations.

    python -m acogida.migration SERVICE|oficina "What is now true of the tables"

Works on a new SQLite database in a temporary folder; no database of the office is touched.
"""

import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from alembic import command

from oficina.db import Database
from oficina.migrations import config, migrate
from oficina.settings import SERVICES


def write(line: str, message: str) -> Path:
    """Write the migration and answer its file; raises ValueError when `line` is none."""
    if line not in {*SERVICES, "oficina"}:
        raise ValueError(f"{line!r} is neither oficina nor one of {', '.join(SERVICES)}")
    servicio = SERVICES[0] if line == "oficina" else line
    folder = (
        Path(str(files("oficina"))) / "migrations" / "versions"
        if line == "oficina"
        else Path(str(files(line))) / "migrations"
    )
    # After the last one: a number may have been left out.
    numbers = (int(path.stem.rpartition("_")[2]) for path in folder.glob(f"{line}_*.py"))
    number = max(numbers, default=0) + 1
    with tempfile.TemporaryDirectory() as temporary:
        db = Database(f"sqlite:///{temporary}/{servicio}.db")
        migrate(servicio, db)
        with db.engine.begin() as connection:
            configuration = config(servicio, connection)
            configuration.attributes["line"] = line
            configuration.set_main_option("file_template", "%%(rev)s")
            command.revision(
                configuration,
                message=message,
                autogenerate=True,
                rev_id=f"{line}_{number:04}",
                head=f"{line}@head",
                version_path=str(folder),
            )
        db.close()
    return folder / f"{line}_{number:04}.py"


def main() -> None:
    """Read SERVICE and the message from the command line."""
    match sys.argv[1:]:
        case [line, message] if line and message:
            print(write(line, message))
        case _:
            sys.exit('usage: make migration SERVICE=casos M="A case has a colour"')


if __name__ == "__main__":
    main()
