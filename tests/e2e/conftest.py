"""A running office with its invented people, and a browser to walk through it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from office import Office, embedded

ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail(
            "Chromium is not installed: run `make test` as root, or `apt-get install chromium`.",
            pytrace=False,
        )
    # As long as whatever else a page is asked waits; how fast this machine is, is not the question.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, headless=True, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """`acogida run` with the demonstration."""
    with embedded(tmp_path_factory.mktemp("oficina"), demo=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where pictures of the pages are left, to be looked at, when TEST_PICTURES names a folder."""
    folder = os.environ.get("TEST_PICTURES")
    return Path(folder).absolute() if folder else None
