"""Wakes the relay and the workers of this process when another process committed something."""

import threading

import psycopg

from oficina.bus import hints
from oficina.db import Database

PAUSE = 1.0
"""Seconds between two looks at whether to stop, and before a lost connection is opened again."""


class Listener:
    """Listens to one service's PostgreSQL database on a connection of its own."""

    def __init__(self, db: Database) -> None:
        """Raises nothing: the connection is opened by `run`."""
        self._wakes = {hints.OUTBOX: db.outbox_changed, hints.INBOX: db.inbox_changed}
        self._conninfo = db.engine.url.set(drivername="postgresql").render_as_string(
            hide_password=False
        )

    def run(self, stop: threading.Event) -> None:
        """Listen until `stop` is set."""
        while not stop.is_set():
            try:
                with psycopg.connect(
                    self._conninfo, autocommit=True, connect_timeout=5
                ) as connection:
                    self._listen(connection, stop)
            except psycopg.Error:
                stop.wait(PAUSE)

    def _listen(self, connection: psycopg.Connection, stop: threading.Event) -> None:
        for channel, changed in self._wakes.items():
            connection.execute(f"LISTEN {channel}")
            changed.set()  # what was committed before anybody listened
        while not stop.is_set():
            for notice in connection.notifies(timeout=PAUSE, stop_after=1):
                if notice.payload != hints.sender():
                    self._wakes[notice.channel].set()
