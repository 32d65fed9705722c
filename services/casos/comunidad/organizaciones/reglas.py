"""How long before its board's term ends an organisation is told of: data in `reglas.json`."""

from functools import cache

from casos.convenios.reglas import Reglas, leer


@cache
def reglas() -> Reglas:
    """The version in force."""
    return leer("casos.comunidad.organizaciones")
