"""A database for each module of tests of derivations, and a person and a case for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from oficina import clock
from oficina.db import Database

from .casos_app import Casos, OficinaLike, levantar
from .mundo import Mundo, base_de_datos, crear_mundo, usar_claves


@pytest.fixture(scope="module")
def carpeta(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the module's database and keys are."""
    return tmp_path_factory.mktemp("casos")


@pytest.fixture(scope="module")
def base(carpeta: Path) -> Iterator[Database]:
    """A migrated database with the network in it."""
    with base_de_datos(carpeta) as db:
        yield db


@pytest.fixture
def mundo(base: Database, carpeta: Path) -> Mundo:
    """A case that admits derivations."""
    usar_claves(carpeta)
    return crear_mundo(base)


@pytest.fixture(autouse=True)
def _fecha_propia() -> Iterator[None]:
    """A test that moves the domain's day gives it back."""
    yield
    clock.move_to(None)


@pytest.fixture
def casos(oficina: OficinaLike) -> Iterator[Casos]:
    """The real application, with one case that admits derivations."""
    with levantar(oficina) as made:
        yield made
