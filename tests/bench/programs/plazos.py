"""The follow-up of deadlines in a process of its own: `python -m bench.programs.plazos URL FOLDER`
passes what is due and prints what it took: seconds, memory before it and its peak, in MB.
"""

import json
import re
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from casos.plazos.tasks import seguir_plazos
from oficina import clock
from oficina.bus.tables import Outbox
from oficina.db import Database
from oficina.env import Env
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings
from oficina.web.client import ServiceClient
from vencidos import HOY


def main(url: str, folder: str) -> None:
    """Pass what is due."""
    use_keyring(Keyring.load(Path(folder) / "claves", make=True))
    settings = Settings(data_dir=Path(folder), database_url=url, log_level="WARNING")
    db = Database(url)
    clock.move_to(HOY)
    with db.read() as session:
        session.execute(select(func.count()).select_from(Outbox)).all()
    before, began = _memory("VmRSS"), time.perf_counter()
    seguir_plazos(Env(settings=settings, db=db, client=ServiceClient(settings)))
    taken = time.perf_counter() - began
    print(json.dumps({"seconds": taken, "before": before, "peak": _memory("VmHWM")}))


def _memory(which: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    found = re.search(rf"{which}:\s+(\d+) kB", status)
    if found is None:
        raise RuntimeError(f"the machine does not say {which}")
    return int(found[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
