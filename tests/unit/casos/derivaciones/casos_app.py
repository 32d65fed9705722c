"""The real application of casos beside a real identidad, for the tests of its entrances."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

import columns
from casos.app import create_app
from casos.derivaciones.models import Enlace
from casos.red.actions import sembrar
from oficina.clock import real_now
from oficina.db import Database

from .mundo import Mundo, crear_mundo

COMO_ESTE = {"If-Match": "*"}
"""A change of whatever is there, for tests that are not about who was faster."""


class OficinaLike(Protocol):
    """What the fixture `oficina` gives."""

    settings: Any
    client: Any

    def mount(self, app: Flask) -> None: ...
    def entrar(self, app: Flask, rol: str) -> FlaskClient: ...
    def bearer(self, rol: str) -> dict[str, str]: ...


@dataclass
class Casos:
    """casos with its network, one case, and the roles that come to it."""

    app: Flask
    oficina: OficinaLike
    mundo: Mundo

    @property
    def db(self) -> Database:
        found: Database = self.app.extensions["env"].db
        return found

    def como(self, rol: str) -> FlaskClient:
        """A browser in which somebody with this role has signed in."""
        return self.oficina.entrar(self.app, rol)

    def api(self, rol: str, method: str, path: str, json: Any = None, **headers: str) -> Any:
        """A call of the API by a client with this role."""
        return self.app.test_client().open(
            f"/casos/api/v1{path}",
            method=method,
            json=json,
            headers={**self.oficina.bearer(rol), **headers},
        )

    def enlace(self, derivacion_id: UUID) -> str:
        """A fresh token, as notificaciones asks for it."""
        made = self.api("servicio", "POST", f"/derivaciones/{derivacion_id}/enlace")
        assert made.status_code == 201, made.json
        return str(made.json["url"]).rpartition("/")[2]

    def confirmar(self, browser: FlaskClient, url: str) -> Any:
        """Send a draft from its preview, with the mark that is in its form."""
        (vista,) = re.findall(r'name="vista" value="([0-9a-f]{64})"', browser.get(url).text)
        return browser.post(f"{url}/enviar", data={"vista": vista})

    def envejecer_enlaces(self) -> None:
        """Let every link expire."""
        with self.db.begin() as session:
            session.execute(update(Enlace).values(vence_en=real_now() - timedelta(seconds=1)))

    def enlaces(self) -> list[Enlace]:
        with self.db.read() as session:
            return list(session.scalars(select(Enlace)))


@contextmanager
def levantar(oficina: OficinaLike) -> Iterator[Casos]:
    """casos, migrated, with the network and one case that admits derivations."""
    columns.file_in(oficina.settings.data_dir, "casos")
    app = create_app(oficina.settings, oficina.client)
    oficina.mount(app)
    db: Database = app.extensions["env"].db
    with db.begin() as session:
        sembrar(session, demo=True)
    yield Casos(app, oficina, crear_mundo(db))
    db.close()
