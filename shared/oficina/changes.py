"""How a loop learns that there may be work for it."""

import math
import threading
import time


class Changes:
    """Tells loops that there may be work: any number of them, each of which misses no change."""

    MOMENT = 0.01
    """Seconds after a change that other processes hear of during which what begins to be committed
    need not be heard of: they look again when twice that time has passed.
    """

    def __init__(self) -> None:
        self._announced = -math.inf
        # The lock itself for who tells, which each request does: what is around it is Python.
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._waiting = 0
        self.count = 0
        """How many so far; a loop notes it before it looks for work."""

    def set(self) -> None:
        """Something changed: wake whoever waits."""
        with self._lock:
            self.count += 1
            if self._waiting:
                self._changed.notify_all()

    def announce(self, moment: float) -> None:
        """Other processes heard of what began to be committed then (`time.monotonic`)."""
        self._announced = moment

    def is_announced(self) -> bool:
        """Whether other processes find what begins to be committed now without hearing of it."""
        return time.monotonic() - self._announced < self.MOMENT

    def wait(self, seen: int, seconds: float) -> None:
        """Return when there is a change after the first `seen` ones, or after a while."""
        with self._lock:
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: self.count > seen, seconds)
            finally:
                self._waiting -= 1
