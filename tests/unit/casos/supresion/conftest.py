"""Somebody of whom every service knows something."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from tests.unit.vida import Vida

from oficina import clock


@pytest.fixture
def vida(servicios: dict[str, Flask], oficina: Any) -> Iterator[Vida]:
    """The five services, the bus between them, and one person."""
    yield Vida(servicios, oficina)
    clock.move_to(None)
