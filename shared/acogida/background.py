"""The loops that work beside the web: threads with one way to stop."""

import os
import signal
import threading
import time
from collections.abc import Callable

from oficina import telemetry
from oficina.changes import Changes

log = telemetry.get_logger("acogida.background")

Loop = Callable[[threading.Event], None]

STOP_SECONDS = 8


class Background:
    """Named loops, a thread each. A loop runs until the event that it is given is set."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._wakes: list[Changes] = []

    def add(self, name: str, loop: Loop) -> None:
        """Have `loop` run in a thread once `start` is called."""
        self._threads.append(threading.Thread(target=self._run, args=(name, loop), name=name))

    def wake_at_stop(self, *changes: Changes) -> None:
        """What loops wait for: set when they must end, so that nobody waits out a pause."""
        self._wakes.extend(changes)

    def start(self) -> None:
        """Start every loop."""
        for thread in self._threads:
            thread.daemon = True
            thread.start()

    def stop(self) -> None:
        """Ask every loop to end and wait for all, at most STOP_SECONDS together."""
        self._stop.set()
        for event in self._wakes:
            event.set()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self, name: str, loop: Loop) -> None:
        try:
            loop(self._stop)
        except Exception:
            log.exception("loop_ended", tarea=name)
        if not self._stop.is_set():
            # An office that looks open while nobody carries its facts is worse than one that
            # starts again: the process ends, and its arbiter starts another.
            os.kill(os.getpid(), signal.SIGTERM)
