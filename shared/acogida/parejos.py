"""How many connections each worker of a web process holds, so that all hold about as many.

Connections are kept, and whichever worker wakes first takes one more: of eight, one of two workers
often had six, and did three quarters of the work while a core stood idle.
"""

from mmap import mmap

PLACES = 256
"""More than the workers that live at one time."""


class Tenidas:
    """One number a worker, in memory that the arbiter and its workers share. Made before they are.

    A worker is known by its age, which the arbiter counts.
    """

    def __init__(self) -> None:
        self._one_more = memoryview(mmap(-1, 4 * PLACES)).cast("I")

    def say(self, worker: int, connections: int) -> None:
        """A worker holds so many."""
        self._one_more[worker % PLACES] = connections + 1

    def forget(self, worker: int) -> None:
        """A worker is no more, however it ended."""
        self._one_more[worker % PLACES] = 0

    def has_fewer(self, connections: int) -> bool:
        """Whether some worker holds fewer."""
        return any(0 < one <= connections for one in self._one_more)
