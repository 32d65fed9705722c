"""What a process does so that its memory stays small and is soon found."""

import ctypes
import gc
import mmap
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""glibc's names, in mallopt(3), for what a block of its own needs, and for its many arenas."""
ARENAS = 2
LARGE_BLOCK = 96 * 1024
"""Bytes from which a block goes back to the system when it is given back: more than the 64 KB into
which every body of a request is read.
"""

MADV_COLLAPSE = 25
"""Linux's name, in madvise(2), for making one large page of many small ones; since 6.1."""
LARGE_PAGE = Path("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")
"""Says how many bytes a large page has, where the system knows any."""

FULL = 0.98
"""The part of a large page that is used before it is one: joining fills the rest."""


def keep_small() -> None:
    """Have all threads take memory from the same places and give it back, before any takes some.

    By default each thread keeps what it once needed in an arena of its own, and an office of some
    thirty threads grows by half. And from the first large block that is given back, blocks up to
    its size stay in the arenas, full of holes, until the process ends: a quarter of the office
    after some people used it at once. C libraries that know no arenas need nothing.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)
        mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


@contextmanager
def no_collection() -> Iterator[None]:
    """Put together what lives as long as the process, without looking for garbage in it.

    Neither now, a tenth of a start, nor whenever somebody's answer is late because of it.
    """
    gc.disable()
    try:
        yield
        gc.collect()
        gc.freeze()
    finally:
        gc.enable()


def join_pages_soon() -> None:
    """`join_pages`, beside what the process does: it takes some tenths of a second."""
    threading.Thread(target=join_pages, name="memory", daemon=True).start()


def join_pages() -> int:
    """Have what is full by now held in large pages; returns how many large ones came of it.

    A processor remembers where some thousand pages are and looks the others up, in a virtual
    machine twice: an office of 100 MB is held by 25,000 small pages, or by fifty large ones. What
    is not nearly full (the stack of a thread) is left as it is, so that the process does not grow
    by more than a hundredth or two. So is all by a system that knows or gives no large pages.
    """
    joined = 0
    with suppress(OSError, ValueError):
        size = int(LARGE_PAGE.read_text(encoding="ascii"))
        system = ctypes.CDLL(None)
        used = ctypes.create_string_buffer(size // mmap.PAGESIZE)
        for begin, end in _own():
            for place in range(-(-begin // size) * size, end - size + 1, size):
                where, length = ctypes.c_void_p(place), ctypes.c_size_t(size)
                # Between the two looks the memory may be given back: then either refuses.
                if system.mincore(where, length, used) == 0 and _part(used.raw) >= FULL:
                    joined += system.madvise(where, length, MADV_COLLAPSE) == 0
    return joined


def _own() -> list[tuple[int, int]]:
    """From where to where this process keeps what it has made, which is in no file."""
    found = []
    for line in Path("/proc/self/maps").read_text("utf-8", "replace").splitlines():
        where, rights, _offset, _device, inode, *name = line.split(maxsplit=5)
        if rights == "rw-p" and inode == "0" and name in ([], ["[heap]"]):
            begin, _, end = where.partition("-")
            found.append((int(begin, 16), int(end, 16)))
    return found


def _part(pages: bytes) -> float:
    """Of the pages that mincore(2) told of, those that are in memory: the last bit says it."""
    return sum(page & 1 for page in pages) / len(pages)
