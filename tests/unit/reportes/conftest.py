"""reportes beside the real casos and identidad, in one process."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from casos.app import create_app as create_casos
from oficina.db import Database
from oficina.env import Env
from oficina.migrations import migrate
from reportes.app import create_app

from .hechos import Casos


@pytest.fixture(scope="session")
def vacias(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated databases, to be copied: migrating them for each test would take the longest."""
    folder = tmp_path_factory.mktemp("vacias")
    for servicio in ("casos", "reportes"):
        db = Database(f"sqlite:///{folder}/{servicio}.db")
        migrate(servicio, db)
        db.close()
    return folder


@pytest.fixture
def casos(oficina: Any, vacias: Path) -> Iterator[Casos]:
    """casos, in which things happen."""
    shutil.copy(vacias / "casos.db", oficina.settings.data_dir)
    app = create_casos(oficina.settings, oficina.client)
    db = app.extensions["env"].db
    oficina.mount(app)
    yield Casos(db)
    db.close()


@pytest.fixture
def app(oficina: Any, casos: Casos, vacias: Path) -> Iterator[Flask]:
    """The application of reportes."""
    shutil.copy(vacias / "reportes.db", oficina.settings.data_dir)
    made = create_app(oficina.settings, oficina.client)
    yield made
    made.extensions["env"].db.close()


@pytest.fixture
def env(app: Flask) -> Env:
    """What the tasks of reportes stand on."""
    found: Env = app.extensions["env"]
    return found


@pytest.fixture
def db(env: Env) -> Database:
    """The database of reportes."""
    return env.db
