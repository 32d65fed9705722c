"""How long the follow-up takes to pass a hundred thousand deadlines that are due, on PostgreSQL,
and what it weighs meanwhile.

It is the sweep of the jobs process, alone in a process of its own, on a database that waits for the
disk.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

import columns
import servers
import vencidos
from bench.result import Result
from oficina.db import Database
from oficina.migrations import migrate
from oficina.privacy import Keyring, use_keyring

MANY = int(os.environ.get("BENCH_PLAZOS", "100000"))


def measure() -> Iterator[Result]:
    """Seconds of the sweep, and how much memory it took more than before it began."""
    with (
        servers.own_postgres(fsync="on") as server,
        tempfile.TemporaryDirectory(prefix="acogida-bench-") as folder,
    ):
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE casos")
        url = f"{server.url.rpartition('/')[0]}/casos"
        use_keyring(Keyring.load(Path(folder) / "claves", make=True))
        db = Database(columns.driven(url))
        migrate("casos", db)
        facts = vencidos.fill(db, MANY)
        db.close()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ANALYZE")
            command = [sys.executable, "-m", "bench.programs.plazos", columns.driven(url), folder]
            took = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            _everything_once(connection, facts)
    yield Result(
        "sweep_1e5_s", took["seconds"], f"s, {MANY} deadlines due, {facts} stages, PostgreSQL"
    )
    yield Result(
        "sweep_1e5_mb", took["peak"] - took["before"], f"MB more at most than {took['before']:.0f}"
    )


def _everything_once(connection: psycopg.Connection, facts: int) -> None:
    (told, numbered), *_rest = connection.execute(
        "SELECT count(*), count(DISTINCT (agregado, secuencia)) FROM outbox"
    ).fetchall()
    if not told == numbered == facts:
        raise RuntimeError(f"{told} facts were told instead of {facts}")
