"""The themes that a request offers and reads: the taxonomy's, and below them the office's own.

A process keeps what it read for a minute, and reads again at once when it changed something or is
asked for a code that it does not know: what another process added is good from its first use on.
"""

import time
from collections.abc import Mapping

from flask import Flask, current_app

from casos.subtemas.models import Subtema
from casos.subtemas.queries import subtemas
from casos.taxonomia import nombre, taxonomia
from oficina.db import Database

SEGUNDOS = 60.0


class Presentes:
    """The office's own codes, as one application last read them."""

    def __init__(self, db: Database) -> None:
        """Nothing is read until somebody asks."""
        self._db = db
        self._leidos: Mapping[str, Subtema] = {}
        self._hasta = 0.0

    def todos(self) -> Mapping[str, Subtema]:
        """Code -> sub-theme, also of those that are offered no more."""
        if time.monotonic() >= self._hasta:
            self.releer()
        return self._leidos

    def releer(self) -> None:
        """Read them now: somebody changed one."""
        with self._db.read() as session:
            self._leidos = {uno.codigo: uno for uno in subtemas(session)}
        self._hasta = time.monotonic() + SEGUNDOS


def init_app(app: Flask) -> None:
    """Give `app` its own codes."""
    app.extensions["subtemas"] = Presentes(app.extensions["env"].db)


def presentes() -> Presentes:
    """Those of the current application."""
    found: Presentes = current_app.extensions["subtemas"]
    return found


def temas_ofrecidos(idioma: str = "es") -> dict[str, str]:
    """Code -> label of what can be recorded today, each sub-theme after its theme."""
    propios = [uno for uno in presentes().todos().values() if not uno.retirado_en]
    ofrecidos: dict[str, str] = {}
    for codigo, tema in taxonomia().temas.items():
        ofrecidos[codigo] = tema.etiqueta(idioma)
        ofrecidos |= {
            uno.codigo: uno.etiqueta(idioma)
            for uno in propios
            if uno.padre == codigo and uno.codigo not in taxonomia().temas
        }
    return ofrecidos


def se_ofrece(codigo: str) -> bool:
    """Whether something can be recorded under a code today."""
    if codigo in taxonomia().temas:
        return True
    if codigo not in presentes().todos():
        presentes().releer()
    propio = presentes().todos().get(codigo)
    return propio is not None and propio.retirado_en is None


def nombre_de_tema(codigo: str, idioma: str = "es") -> str:
    """How a code reads, also one that is offered no more."""
    conocido = taxonomia().conocido(codigo) or presentes().todos().get(codigo)
    return conocido.etiqueta(idioma) if conocido else nombre(codigo, idioma)
