"""A process that seals the audit of casos until it is killed: `sealing.py DATABASE FOLDER`."""

import sys
import threading
from pathlib import Path

from ledger import Libro
from oficina.cadena import sealer
from oficina.db import Database

sealer.PAUSE = 0.0
sealer.BATCH = 7


def main(database: str, folder: str) -> None:
    """Seal without a pause, a few rows a turn."""
    libro = Libro(Database(database), Path(folder))
    print("here", flush=True)
    libro.sealer.run(threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
