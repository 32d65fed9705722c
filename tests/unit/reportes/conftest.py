"""reportes beside the real casos and identidad, in one process."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

import columns
from casos.app import create_app as create_casos
from oficina.db import Database
from oficina.env import Env
from reportes.app import create_app

from .hechos import Casos


@pytest.fixture
def casos(oficina: Any) -> Iterator[Casos]:
    """casos, in which things happen."""
    columns.file_in(oficina.settings.data_dir, "casos")
    app = create_casos(oficina.settings, oficina.client)
    db = app.extensions["env"].db
    oficina.mount(app)
    yield Casos(db)
    db.close()


@pytest.fixture
def app(oficina: Any, casos: Casos) -> Iterator[Flask]:
    """The application of reportes."""
    columns.file_in(oficina.settings.data_dir, "reportes")
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
