"""Who ends calls outside that take too long, and all of them when the office closes."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

MIRADA = 0.1
"""Seconds between two looks."""
OCIO = 50
"""Looks at nothing after which nobody looks."""


@dataclass
class Hilo:
    """The connection of one thread, once there is one."""

    conexion: socket.socket | None = None
    cortada: bool = False
    """Whether it was cut off."""

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Take it as httpcore tells of it."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self.conexion = info["return_value"].get_extra_info("socket")


@dataclass(frozen=True)
class _Attempt:
    until: float
    hilo: Hilo


class Vigia:
    """Ends attempts that take too long: whoever waits for a byte now and then never times out."""

    def __init__(self) -> None:
        self._attempts: dict[int, _Attempt] = {}
        self._lock = threading.Lock()
        self.stopped = False
        """Whether nothing more is begun; what was cut off for it says nothing of its endpoint."""

    @contextmanager
    def attempt(self, seconds: float, hilo: Hilo) -> Iterator[None]:
        """Watch what this thread does."""
        me = threading.get_ident()
        with self._lock:
            self._attempts[me] = _Attempt(time.monotonic() + seconds, hilo)
        try:
            yield
        finally:
            with self._lock:
                del self._attempts[me]

    def stop(self) -> None:
        """Cut everything off."""
        self.stopped = True
        self.look(float("inf"))

    def look(self, now: float | None = None) -> None:
        """Cut off what is past its time; called every moment by whoever runs the senders."""
        now = time.monotonic() if now is None else now
        with self._lock:
            for one in self._attempts.values():
                if one.until < now:
                    one.hilo.cortada = True
                    if one.hilo.conexion is not None:
                        with suppress(OSError):  # it ended meanwhile
                            one.hilo.conexion.shutdown(socket.SHUT_RDWR)


class VigiaPropia(Vigia):
    """One that looks by itself: by a thread that lives while there is something to watch."""

    def __init__(self) -> None:
        super().__init__()
        self._looking = False

    @contextmanager
    def attempt(self, seconds: float, hilo: Hilo) -> Iterator[None]:
        """Watch what this thread does."""
        hilo.cortada = False
        with super().attempt(seconds, hilo):
            with self._lock:
                begin, self._looking = not self._looking, True
            if begin:
                threading.Thread(target=self._watch, name="vigia", daemon=True).start()
            yield

    def _watch(self) -> None:
        idle = 0
        while True:
            time.sleep(MIRADA)
            self.look()
            with self._lock:
                idle = 0 if self._attempts else idle + 1
                if idle > OCIO:
                    self._looking = False
                    return
