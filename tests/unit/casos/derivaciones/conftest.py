"""A database for each module of tests of derivations, and a person and a case for each test."""

from collections.abc import Iterator

import pytest

from oficina.db import Database

from .mundo import Mundo, base_de_datos, crear_mundo


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A migrated database with the network in it."""
    with base_de_datos(tmp_path_factory.mktemp("casos")) as db:
        yield db


@pytest.fixture
def mundo(base: Database) -> Mundo:
    """A case that admits derivations."""
    return crear_mundo(base)
