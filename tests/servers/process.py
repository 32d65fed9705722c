"""A server program: started, stopped, killed and started again, always by its pid."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import cycle
from pathlib import Path
from random import SystemRandom
from typing import NoReturn, Self

import pytest

START_SECONDS = 180
STOP_SECONDS = 20


class Server:
    """A program that listens on a port of this machine, with its data in a folder."""

    def __init__(
        self,
        url: str,
        command: Sequence[str | Path],
        folder: Path,
        *,
        ready: Callable[[], None],
        not_yet: type[Exception] | tuple[type[Exception], ...],
        stop: signal.Signals = signal.SIGTERM,
        user: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """`ready` raises `not_yet` until the server answers; `stop` ends it in good order."""
        self.url = url
        self.folder = folder
        self._command = command
        self._ready = ready
        self._not_yet = not_yet
        self._stop = stop
        self._user = user
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Of the running program."""
        assert self._process is not None, f"{self.url} does not run"
        return self._process.pid

    def start(self, *, wait: bool = True) -> None:
        """Start on the port and the data that it had; returns when it answers."""
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                cwd=self.folder,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C on the tests must not reach it before them.
                process_group=0,
                user=self._user,
                group=self._user,
                preexec_fn=with_its_parent(self._stop),  # noqa: PLW1509  it asks the kernel one thing
            )
        if wait:
            self.wait()

    def wait(self) -> None:
        """Return when it answers; fails the test when it ends or does not answer in time."""
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._ready()
            except self._not_yet as error:
                if self._process.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.1)
                    continue
                output = (self.folder / "output").read_text(encoding="utf-8", errors="replace")
                pytest.fail(f"{self._command!r} did not start ({error}):\n{output}", pytrace=False)
            return

    def stop(self) -> None:
        """End it in good order, if it runs."""
        if self._process is None:
            return
        self._process.send_signal(self._stop)
        try:
            self._process.wait(STOP_SECONDS)
            self._process = None
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """kill -9 of the program and of whatever it started; returns when all of them are gone."""
        # Stopped first: what it starts between the count and the blow would hold on to its data.
        os.kill(self.pid, signal.SIGSTOP)
        started = _descendants(self.pid)
        os.killpg(self.pid, signal.SIGKILL)
        for pid in started:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert self._process is not None
        self._process.wait()
        self._process = None
        deadline = time.monotonic() + STOP_SECONDS
        while any(map(_lives, started)) and time.monotonic() < deadline:
            time.sleep(0.02)

    def freeze(self) -> None:
        """Have it hang, with whatever it started, until it is killed."""
        os.killpg(self.pid, signal.SIGSTOP)
        for pid in _descendants(self.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def restart(self) -> None:
        """Stop in good order and start again."""
        self.stop()
        self.start()


def with_its_parent(stop: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` by which a program is stopped when the thread that starts it ends.

    A run that is killed, or a worker of it, leaves nothing behind.
    """
    return partial(_LIBC.prctl, _PR_SET_PDEATHSIG, stop)


_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _descendants(pid: int) -> list[int]:
    """Children, their children and so on: some have groups of their own."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    children = [int(child) for child in text.split()]
    return children + [each for child in children for each in _descendants(child)]


def _lives(pid: int) -> bool:
    """Whether a process holds anything: it is there, and not only waiting to be counted dead."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] not in {"Z", "X"}


def _own_ports() -> Iterator[int]:
    """Below those that the system gives away, and for each worker of `pytest -n` its own."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = 11_000 + worker % 10 * 2_000
    # In no order, and not the one that the tests repeat: another run on this machine may be there.
    return cycle(SystemRandom().sample(range(first, first + 2_000), 2_000))


_PORTS = _own_ports()


def free_port() -> int:
    """A loopback port that nobody listens on now, nor was told of before."""
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("unreachable: the numbers do not end")


def missing(name: str, package: str) -> NoReturn:
    """Fail the test: a program that it needs is not installed."""
    pytest.fail(
        f"{name} is not installed: run `make test` as root, or `apt-get install {package}`, "
        "or name a running one in TEST_DATABASE_URL, TEST_AMQP_URL, TEST_REDIS_URL.",
        pytrace=False,
    )


@contextmanager
def temporary_folder(name: str, owner: str | None = None) -> Iterator[Path]:
    """A folder for the data of a server, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"acogida-{name}-"))
    try:
        if owner:
            shutil.chown(folder, owner, owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
