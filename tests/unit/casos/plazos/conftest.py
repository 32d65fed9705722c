"""The world of derivations, with a database of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.casos.derivaciones.mundo import Mundo, base_de_datos, crear_mundo

from oficina import clock


@pytest.fixture
def mundo(tmp_path: Path) -> Iterator[Mundo]:
    """A case that admits derivations, alone in its database."""
    with base_de_datos(tmp_path) as db:
        yield crear_mundo(db)


@pytest.fixture(autouse=True)
def _fecha_propia() -> Iterator[None]:
    """A test that moves the domain's day gives it back."""
    yield
    clock.move_to(None)
