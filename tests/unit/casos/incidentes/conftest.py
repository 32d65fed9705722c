"""A database for each module of tests of incidents, and a person and a case for each test."""

from tests.unit.casos.derivaciones.conftest import (  # noqa: F401  fixtures of the same world
    _fecha_propia,
    base,
    carpeta,
    casos,
    mundo,
)
