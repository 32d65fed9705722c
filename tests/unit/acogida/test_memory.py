"""Where a process keeps its memory."""

import json
import mmap
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

import servers
from acogida import memory
from office import wait_until

MB = 1024 * 1024
PROGRAM = """
import json, mmap
from acogida.memory import join_pages

MB = 1024 * 1024

def held(name):
    lines = open("/proc/self/smaps_rollup").read().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(name))

texts = [f"{number:40}" for number in range(800_000)]
stack = mmap.mmap(-1, 64 * MB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for place in range(0, len(stack), 2 * MB):
    stack[place] = 1
before, large = held("Rss"), held("AnonHugePages")
joined = join_pages()
assert texts == [f"{number:40}" for number in range(800_000)]
print(json.dumps([joined, held("AnonHugePages") - large, held("Rss") - before]))
"""

OFFICE = """
import os, sys
from acogida.server import Server

class Office:
    def __init__(self):
        self.texts = [f"{number:40}" for number in range(800_000)]
    def __call__(self, environ, start_response):
        said = str(os.getpid()).encode()
        start_response("200 OK", [("Content-Length", str(len(said)))])
        return [said]
    def start(self): ...
    def stop(self): ...

Server("__main__:Office", bind=f"127.0.0.1:{sys.argv[1]}", workers=1).run()
"""


def _gives_large_pages() -> bool:
    always = memory.LARGE_PAGE.with_name("enabled")
    try:
        if "[always]" in always.read_text(encoding="ascii"):
            return False  # it gives them to who does not ask, too
        size = int(memory.LARGE_PAGE.read_text(encoding="ascii"))
        with mmap.mmap(-1, 2 * size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as some:
            some.write(b"x" * len(some))
            some.madvise(memory.MADV_COLLAPSE)
    except OSError:
        return False
    return True


large_pages = pytest.mark.skipif(
    not _gives_large_pages(), reason="needs a system that gives large pages"
)


@large_pages
def test_what_is_full_is_held_in_large_pages_and_what_is_not_stays_small() -> None:
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    ).stdout
    joined, large, grown = json.loads(said)
    # 800,000 texts of 89 bytes, in blocks of a MB that do not all lie side by side.
    assert joined >= 5
    assert large == joined * int(memory.LARGE_PAGE.read_text(encoding="ascii")) // MB
    assert grown < 4, "the stack, of which a page in 512 is used, was filled"


@large_pages
def test_an_office_that_is_open_is_held_in_large_pages() -> None:
    port = servers.free_port()
    office = subprocess.Popen(
        [sys.executable, "-c", OFFICE, str(port)],
        preexec_fn=servers.with_its_parent(signal.SIGTERM),  # noqa: PLW1509  as in servers.process
    )
    try:
        worker = wait_until("the office", lambda: _answer(port), 30)
        assert wait_until("its pages", lambda: _in_large_pages(worker), 30) >= 10
    finally:
        office.terminate()
        office.wait(30)


def test_a_system_without_large_pages_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(memory, "LARGE_PAGE", tmp_path / "hpage_pmd_size")
    assert memory.join_pages() == 0


def _answer(port: int) -> str | None:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/").text
    except httpx.TransportError:
        return None


def _in_large_pages(pid: str) -> int:
    """MB, as soon as there are some that do not become more."""
    before = _large(pid)
    time.sleep(0.5)
    return before if before == _large(pid) else 0


def _large(pid: str) -> int:
    held = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in held if line.startswith("AnonHugePages"))
