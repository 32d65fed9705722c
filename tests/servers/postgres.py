"""PostgreSQL."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from servers.process import Server, free_port, missing, temporary_folder


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL in which databases may be created."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    # The data is gone with the session: nothing of it has to survive anything.
    with own_postgres(synchronous_commit="off", full_page_writes="off") as server:
        yield server.url


@contextmanager
def own_postgres(**options: str) -> Iterator[Server]:
    """A PostgreSQL whose commits survive a kill -9 of it, though not a power cut."""
    bin_dir = _newest(Path("/usr/lib/postgresql"), "bin/initdb").parent
    # PostgreSQL refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    with temporary_folder("postgres", user) as folder:
        data = folder / "data"
        initdb_options = ["-U", "acogida", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        subprocess.run(
            [str(bin_dir / "initdb"), *initdb_options, "-D", str(data)],
            check=True,
            capture_output=True,
            cwd=folder,
            user=user,
            group=user,
        )
        port = free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": "300",
            **options,
        }
        command: list[str | Path] = [bin_dir / "postgres", "-D", data, "-p", str(port)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        url = f"postgresql://acogida@127.0.0.1:{port}/postgres"
        with Server(
            url,
            command,
            folder,
            ready=lambda: psycopg.connect(url).close(),
            not_yet=psycopg.OperationalError,
            # PostgreSQL's fast shutdown: it does not wait for sessions to end.
            stop=signal.SIGINT,
            user=user,
        ) as server:
            yield server


def _newest(root: Path, program: str) -> Path:
    found = sorted(root.glob(f"*/{program}"), key=lambda path: int(path.parts[-3]))
    if not found:
        missing("PostgreSQL", "postgresql")
    return found[-1]
