"""Where the workers of a web process compute, and which thread answers."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

import servers
from acogida.worker import give_core
from office import wait_until

PATIENCE = 30
SERVE = """
import collections, json, os, sys, time
from acogida import worker
from acogida.server import Server

port, workers, threads, worker.LINGER, lets = (json.loads(one) for one in sys.argv[1:])
def refused(_pid, _cores):
    raise PermissionError

if not lets:
    os.sched_setaffinity = refused
given = collections.Counter()
enqueue = worker.Worker.enqueue_req

def counted(self, connection):
    given[str(connection.client[1])] += 1
    enqueue(self, connection)

worker.Worker.enqueue_req = counted

class Office:
    def __call__(self, environ, start_response):
        said = json.dumps({
            "pid": os.getpid(),
            "cores": sorted(os.sched_getaffinity(0)),
            "given": given[environ["REMOTE_PORT"]],
        }).encode()
        time.sleep(float(environ["QUERY_STRING"] or 0))
        start_response("200 OK", [("Content-Length", str(len(said)))])
        return [said]
    def start(self): ...
    def stop(self): ...

Server("__main__:Office", bind=f"127.0.0.1:{port}", workers=workers, threads=threads).run()
"""
CORES = sorted(os.sched_getaffinity(0))
several_cores = pytest.mark.skipif(len(CORES) == 1, reason="needs a machine of several cores")


@several_cores
def test_each_of_as_many_workers_as_cores_has_one(tmp_path: Path) -> None:
    with _served(tmp_path, workers=len(CORES)) as port:
        by_worker = _workers(port, len(CORES))
        assert sorted(by_worker.values()) == [[core] for core in CORES]

        dead, its_core = by_worker.popitem()
        os.kill(dead, signal.SIGKILL)
        later = _workers(port, len(CORES), but=dead)

    assert later.keys() > by_worker.keys()
    assert sorted(later.values()) == [[core] for core in CORES]
    assert its_core in later.values()


@several_cores
def test_workers_that_cores_cannot_be_shared_out_to_use_all(tmp_path: Path) -> None:
    for workers in (1, len(CORES) + 1):
        with _served(tmp_path, workers=workers) as port:
            assert list(_workers(port, workers).values()) == [CORES] * workers


@several_cores
def test_where_the_system_gives_no_core_any_will_do(tmp_path: Path) -> None:
    with _served(tmp_path, workers=len(CORES), lets=False) as port:
        assert list(_workers(port, len(CORES)).values()) == [CORES] * len(CORES)


def test_cores_are_shared_out_among_the_living(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {2, 5})
    arbiter: Any = type("Arbiter", (), {"num_workers": 4, "WORKERS": {}})()

    def born(pid: int) -> int:
        worker: Any = type("Newborn", (), {"core": None})()
        give_core(arbiter, worker)
        arbiter.WORKERS[pid] = worker
        core: int = worker.core
        return core

    assert [born(pid) for pid in range(4)] == [2, 5, 2, 5]
    del arbiter.WORKERS[1]
    assert born(4) == 5


def test_a_thread_stays_with_who_asks_again_soon(tmp_path: Path) -> None:
    with _served(tmp_path, linger=PATIENCE) as port, _clients(port, 1) as (client,):
        # Not while those who asked before, to see whether it answers, take their leave.
        wait_until(
            "a thread that stays", lambda: len({_ask(client)["given"] for _ in range(4)}) == 1
        )


def test_a_thread_does_not_stay_for_long(tmp_path: Path) -> None:
    with _served(tmp_path) as port, _clients(port, 1) as (client,):
        first = _ask(client)["given"]
        time.sleep(0.5)
        assert _ask(client)["given"] == first + 1


def test_nobody_waits_for_a_thread_that_stays(tmp_path: Path) -> None:
    with _served(tmp_path, threads=2, linger=PATIENCE) as port, _clients(port, 4) as clients:
        began = time.monotonic()
        for client in [*clients, *clients]:
            _ask(client)
        assert time.monotonic() - began < PATIENCE / 2


def test_a_thread_leaves_who_asks_again_when_others_wait(tmp_path: Path) -> None:
    with _served(tmp_path, threads=2, linger=PATIENCE) as port, _clients(port, 3) as clients:
        asks_again, slow, waits = clients
        _ask(asks_again)
        slow.request("GET", f"/?{PATIENCE / 2}")
        waits.request("GET", "/")
        # One thread answers the slow one; the other is with who asks again and again.
        while not _answered(waits, 0.2):
            _ask(asks_again)

        assert not _answered(slow, 0), "it had to wait for the other thread"


def test_it_ends_while_a_thread_stays_with_somebody(tmp_path: Path) -> None:
    with _served(tmp_path, linger=0.2) as port, _clients(port, 1) as (client,):
        _ask(client)
        began = time.monotonic()
    assert time.monotonic() - began < PATIENCE / 2


@contextmanager
def _served(
    folder: Path, *, workers: int = 1, threads: int = 8, linger: float = 0.01, lets: bool = True
) -> Iterator[int]:
    """A web process; `lets` is whether the system lets a process choose its cores."""
    port = servers.free_port()
    said = [json.dumps(one) for one in (port, workers, threads, linger, lets)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, *said],
            stderr=log,
            preexec_fn=servers.with_its_parent(signal.SIGTERM),  # noqa: PLW1509  as in servers.process
        )
        try:
            _workers(port, workers)
            yield port
        finally:
            process.terminate()
            process.wait(PATIENCE)


@contextmanager
def _clients(port: int, how_many: int) -> Iterator[list[HTTPConnection]]:
    clients = [HTTPConnection("127.0.0.1", port, timeout=PATIENCE) for _ in range(how_many)]
    try:
        yield clients
    finally:
        for client in clients:
            client.close()


def _ask(client: HTTPConnection) -> dict[str, Any]:
    client.request("GET", "/")
    said: dict[str, Any] = json.loads(client.getresponse().read())
    return said


def _answered(client: HTTPConnection, seconds: float) -> bool:
    answered, *_ = select.select([client.sock], [], [], seconds)
    return bool(answered)


def _workers(port: int, how_many: int, *, but: int | None = None) -> dict[int, list[int]]:
    """The cores of each worker by its pid, as soon as that many answer, and `but` is none."""

    def found() -> dict[int, list[int]]:
        try:
            with _clients(port, 3 * how_many) as clients:
                said = [_ask(client) for client in clients]
        except OSError:
            return {}
        cores = {one["pid"]: one["cores"] for one in said}
        return cores if len(cores) == how_many and but not in cores else {}

    answered: dict[int, list[int]] = wait_until("the workers", found, PATIENCE)
    return answered
