"""Loops start together and end together; one that dies takes its process with it."""

import signal
import threading

import pytest

from acogida.background import Background


def test_loops_run_until_they_are_stopped() -> None:
    background = Background()
    ran, pause, left = threading.Event(), threading.Event(), threading.Event()

    def loop(stop: threading.Event) -> None:
        ran.set()
        # Nobody sets the pause but the stop: without it this would wait for ever.
        pause.wait()
        assert stop.is_set()
        left.set()

    background.add("one", loop)
    background.wake_at_stop(pause)
    background.start()
    assert ran.wait(60)

    background.stop()
    assert left.is_set()


def test_a_loop_that_dies_asks_its_process_to_end(capfd: pytest.CaptureFixture[str]) -> None:
    asked = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: asked.set())
    background = Background()

    def loop(_stop: threading.Event) -> None:
        raise RuntimeError("broken")

    background.add("broken", loop)
    background.start()
    try:
        assert asked.wait(60)
    finally:
        background.stop()
        signal.signal(signal.SIGTERM, before)
