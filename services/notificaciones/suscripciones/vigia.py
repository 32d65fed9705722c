"""Who ends attempts that take too long, and all of them when the office closes."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any


@dataclass
class Hilo:
    """The connection of a batch, once there is one."""

    conexion: socket.socket | None = None

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
            late = [one.hilo.conexion for one in self._attempts.values() if one.until < now]
        for connection in late:
            if connection is not None:
                with suppress(OSError):  # it ended meanwhile
                    connection.shutdown(socket.SHUT_RDWR)
