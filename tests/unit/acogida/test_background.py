"""Loops start together and end together; one that dies takes its process with it."""

import signal
import threading
import time

import pytest

from acogida.background import Background


def test_loops_run_until_they_are_stopped() -> None:
    background, ran, pause = Background(), threading.Event(), threading.Event()

    def loop(stop: threading.Event) -> None:
        ran.set()
        pause.wait(30)
        assert stop.is_set()

    background.add("one", loop)
    background.wake_at_stop(pause)
    background.start()
    assert ran.wait(5)

    began = time.monotonic()
    background.stop()
    assert time.monotonic() - began < 5


def test_a_loop_that_dies_asks_its_process_to_end(capfd: pytest.CaptureFixture[str]) -> None:
    asked = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: asked.set())
    background = Background()

    def loop(_stop: threading.Event) -> None:
        raise RuntimeError("broken")

    background.add("broken", loop)
    background.start()
    try:
        assert asked.wait(5)
    finally:
        background.stop()
        signal.signal(signal.SIGTERM, before)
