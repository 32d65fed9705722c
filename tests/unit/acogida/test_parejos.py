"""Workers of a web process hold about as many connections each."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

import servers
from acogida.parejos import Tenidas

PATIENCE = 30
WORKERS = 2
SERVE = """
import os, sys
from acogida.server import Server

class Office:
    def __call__(self, environ, start_response):
        said = str(os.getpid()).encode()
        start_response("200 OK", [("Content-Length", str(len(said)))])
        return [said]
    def start(self): ...
    def stop(self): ...

Server("__main__:Office", bind=f"127.0.0.1:{sys.argv[1]}", workers=int(sys.argv[2])).run()
"""


def test_who_holds_fewer_is_known_until_it_is_no_more() -> None:
    held = Tenidas()
    held.say(1, 3)
    assert not held.has_fewer(3)

    held.say(2, 2)
    assert held.has_fewer(3)
    assert not held.has_fewer(2)

    held.forget(2)
    assert not held.has_fewer(3)


@pytest.fixture(name="port")
def served(tmp_path: Path) -> Iterator[int]:
    """A web process of two workers, each of which answers who it is."""
    port = servers.free_port()
    command = [sys.executable, "-c", SERVE, str(port), str(WORKERS)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stderr=log,
            preexec_fn=servers.with_its_parent(signal.SIGTERM),  # noqa: PLW1509  as in servers.process
        )
        try:
            _wait_for(lambda: len(_workers(port)) == WORKERS)
            yield port
        finally:
            process.terminate()
            process.wait(PATIENCE)


def test_connections_that_are_kept_are_shared_out(port: int) -> None:
    fewest = []
    for _round in range(5):
        kept, pids = _open(port, 8)
        _close(kept)
        # Those of the round before may still be on their way out.
        fewest.append(min(Counter(pids).values()) if len(set(pids)) == WORKERS else 0)
    assert sorted(fewest)[2] >= 2, "half of the times at least: a busy machine may miss a moment"


def test_who_takes_the_place_of_a_dead_one_gets_its_share(port: int) -> None:
    kept, pids = _open(port, 4)
    _close(kept)
    dead = pids[0]
    os.kill(dead, signal.SIGKILL)
    _wait_for(lambda: len(_workers(port) - {dead}) == WORKERS)

    kept, pids = _open(port, 6)

    _close(kept)
    assert dead not in pids
    assert len(set(pids)) == WORKERS


def _open(port: int, how_many: int) -> tuple[list[HTTPConnection], list[int]]:
    """Connections that stay, and which worker has each."""
    kept = [HTTPConnection("127.0.0.1", port, timeout=PATIENCE) for _ in range(how_many)]
    return kept, [_ask(one) for one in kept]


def _close(kept: Iterable[HTTPConnection]) -> None:
    for one in kept:
        one.close()


def _ask(connection: HTTPConnection) -> int:
    connection.request("GET", "/")
    return int(connection.getresponse().read())


def _workers(port: int) -> set[int]:
    found: set[int] = set()
    kept: list[HTTPConnection] = []
    try:
        for _ in range(4):
            kept.append(HTTPConnection("127.0.0.1", port, timeout=PATIENCE))
            found.add(_ask(kept[-1]))
    except OSError:
        return set()
    finally:
        _close(kept)
    return found


def _wait_for(ready: Callable[[], Iterable[int] | bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < until
        time.sleep(0.1)
