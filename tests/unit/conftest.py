"""A small office in one process for unit tests: real identidad, real tokens, SQLite files."""

import math
import time
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import columns
from identidad.actions import NuevoFuncionario, crear_funcionario
from identidad.app import create_app
from identidad.models import Funcionario, Sesion
from oficina.actor import Actor
from oficina.clock import real_now
from oficina.privacy import Keyring, use_keyring
from oficina.settings import SERVICES, Settings
from oficina.web.client import ServiceClient
from unit.buzon import Buzon

CLAVE = "clave de prueba larga"
FRESCO = 60.0
"""Seconds for which a token is used again."""
OTROS = [servicio for servicio in SERVICES if servicio != "identidad"]


class Oficina:
    """identidad and whatever the test mounts beside it.

    `entrar(app, "profesional")` answers a browser with that role's session; `token("servicio")` a
    Bearer token; `mount(app)` lets other services ask `app`.
    """

    def __init__(self, data_dir: Path) -> None:
        self.settings = Settings(data_dir=data_dir)
        use_keyring(Keyring.load(self.settings.claves))
        self.client = ServiceClient(self.settings)
        columns.file_in(data_dir, "identidad")
        self.identidad = create_app(self.settings, self.client)
        self._bearers: dict[str, tuple[float, dict[str, str]]] = {}
        self.mount(self.identidad)

    def mount(self, app: Flask) -> None:
        """Let the other services ask `app`."""
        self.client.mount(app.name, app)

    def funcionario(self, rol: str) -> Funcionario:
        """The member of staff who has this role, hired when first asked for."""
        db = self.identidad.extensions["env"].db
        with db.begin() as session:
            known = session.query(Funcionario).filter_by(usuario=rol).one_or_none()
            return known or crear_funcionario(
                session,
                NuevoFuncionario(
                    usuario=rol,
                    nombre=f"Persona de {rol}",
                    correo=f"{rol}@oficina.example",
                    clave=CLAVE,
                    roles=[rol],
                    unidad="migracion",
                ),
                Actor.sistema("identidad"),
            )

    def sesion(self, rol: str) -> str:
        """The token of a new session of that role's member of staff."""
        funcionario = self.funcionario(rol)
        ahora = real_now()
        with self.identidad.extensions["env"].db.begin() as session:
            sesion = Sesion(
                funcionario_id=funcionario.id, creada_en=ahora, vista_en=ahora, terminada_en=None
            )
            session.add(sesion)
            session.flush()
            sesion.funcionario = funcionario
            token: str = self.identidad.extensions["identidad_local"].token_de(sesion)
        return token

    def entrar(self, app: Flask, rol: str) -> FlaskClient:
        """A browser in front of `app` in which somebody with this role has signed in."""
        browser = app.test_client()
        browser.set_cookie("acogida", self.sesion(rol))
        return browser

    def bearer(self, rol: str) -> dict[str, str]:
        """Headers of an API client with this role; `servicio` is a service of the office."""
        if rol == "servicio":
            token = self.client.as_service("casos")._own_token()
        else:
            token = self.sesion(rol)
        return {"Authorization": f"Bearer {token}"}

    def bearer_fresco(self, rol: str) -> dict[str, str]:
        """The same for who asks many times, however slowly: a token serves for five minutes."""
        desde, headers = self._bearers.get(rol, (-math.inf, {}))
        if time.monotonic() - desde > FRESCO:
            headers = self.bearer(rol)
            self._bearers[rol] = time.monotonic(), headers
        return headers

    def adelantar(self, app: Flask, segundos: float) -> None:
        """Move the clock of doors and sessions, for `app` and for identidad."""
        for one in (app, self.identidad):
            one.extensions["guard"].reloj = lambda: real_now() + timedelta(seconds=segundos)
        self.identidad.extensions["identidad_local"].reloj = lambda: (
            real_now() + timedelta(seconds=segundos)
        )


@pytest.fixture
def oficina(tmp_path: Path) -> Iterator[Oficina]:
    """A small office in `tmp_path`."""
    made = Oficina(tmp_path)
    yield made
    made.client.close()
    made.identidad.extensions["env"].db.close()


@pytest.fixture
def servicios(oficina: Oficina) -> Iterator[dict[str, Flask]]:
    """The five services, each where the others find it."""
    apps = {"identidad": oficina.identidad}
    for servicio in OTROS:
        columns.file_in(oficina.settings.data_dir, servicio)
        app: Flask = import_module(f"{servicio}.app").create_app(oficina.settings, oficina.client)
        oficina.mount(app)
        apps[servicio] = app
    yield apps
    for servicio in OTROS:
        apps[servicio].extensions["env"].db.close()


@pytest.fixture
def buzon(servicios: dict[str, Flask]) -> Buzon:
    """What casos tells and reportes hears."""
    return Buzon(*(servicios[name].extensions["env"].db for name in ("casos", "reportes")))
