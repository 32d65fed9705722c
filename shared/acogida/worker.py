"""A worker of a web process: threads that answer, of which one at a time computes.

So what one worker does is best done in one place and by one thread for as long as it goes on. Each
time that another core or another thread goes on with it, something waits to be woken.
"""

import os
import select
import signal
import time
from collections import Counter, deque
from contextlib import suppress
from threading import Semaphore
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

SAYS = 1.0
"""Seconds after which a worker says again that it lives: it is given up after `timeout`."""
MOMENT = 0.002
"""Seconds for which a worker leaves a new connection to one that has fewer."""
LINGER = 0.01
"""Seconds for which a thread that has answered waits for the next request of the same client."""


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no type information
    """A threaded worker for which a Ctrl-C is as graceful as a SIGTERM, which leaves new
    connections to another one that has fewer, and whose threads stay with who asks again soon.
    """

    core: int | None = None
    """The only one on which it computes; None is any."""
    _said = float("-inf")

    def init_process(self) -> None:
        """Begin to answer, on its core."""
        if self.core is not None:
            # Where the system does not let it, any core will do.
            with suppress(OSError):
                os.sched_setaffinity(0, {self.core})
        self._queued: deque[Any] = deque()
        # The others are there for who comes meanwhile.
        self._may_linger = Semaphore(self.cfg.threads // 2)
        super().init_process()

    def init_signals(self) -> None:
        """Take the signals of the worker; INT and QUIT end it as TERM does."""
        super().init_signals()
        signal.signal(signal.SIGINT, self.handle_exit)
        signal.signal(signal.SIGQUIT, self.handle_exit)

    def notify(self) -> None:
        """Say to the arbiter that it lives, and to the others how many connections it holds.

        Its loop calls this at each turn; the arbiter waits for minutes.
        """
        if (now := time.monotonic()) - self._said >= SAYS:
            super().notify()
            self._said = now
        self.app.held.say(self.age, self.nr_conns)

    def accept(self, listener: Any) -> None:
        """Take a connection, unless another worker has taken it in a moment that it had for it."""
        if self.app.held.has_fewer(self.nr_conns):
            time.sleep(MOMENT)
        super().accept(listener)
        self.app.held.say(self.age, self.nr_conns)

    def enqueue_req(self, conn: Any) -> None:
        """Have a thread answer."""
        self._queued.append(conn)
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Answer, and go on while the client asks again soon; returns what the last answer did.

        Otherwise a connection goes back to the loop, is waited for there, and is given to a thread
        again: two changes of thread a request. A thread does not stay while another connection
        waits for one, and half of them never stay: who comes meanwhile finds one, or waits for as
        long as the others may stay.
        """
        self._queued.popleft()
        kept = super().handle(conn)
        while kept is True and self._asks_again(conn):
            kept = super().handle(conn)
        return kept

    def _asks_again(self, conn: Any) -> bool:
        if not self.alive or self._queued or not self._may_linger.acquire(blocking=False):
            return False
        try:
            asked = select.poll()
            asked.register(conn.sock, select.POLLIN)
            return bool(asked.poll(LINGER * 1000)) and self.alive
        finally:
            self._may_linger.release()


def give_core(arbiter: Any, worker: Worker) -> None:
    """Before it is born: the core that fewest of the living have, if all cores get as many.

    With fewer workers than cores, or with some left over, the system does better than we could: it
    moves who has no place to where there is one. So does a system that tells no cores.
    """
    if not hasattr(os, "sched_getaffinity"):
        return
    cores = os.sched_getaffinity(0)
    if arbiter.num_workers % len(cores) == 0:
        given = Counter(other.core for other in arbiter.WORKERS.values())
        worker.core = min(sorted(cores), key=lambda core: given[core])
