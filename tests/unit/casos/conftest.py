"""The counter of casos: the real application beside real identidad, on SQLite files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.unit.conftest import Oficina
from werkzeug.test import TestResponse

import columns
from casos.app import create_app
from casos.expedientes.models import Caso
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox
from oficina.db import Database


class Ventanilla:
    """What a test of casos has at hand: pages and API by role, and short ways to a story."""

    def __init__(self, data_dir: Path) -> None:
        self.oficina = Oficina(data_dir)
        self.app: Flask = create_app(self.oficina.settings, self.oficina.client)
        self.db: Database = self.app.extensions["env"].db
        columns.file_in(data_dir, "casos")
        self.oficina.mount(self.app)
        for rol in ("recepcion", "profesional", "coordinacion", "administrador"):
            self.oficina.funcionario(rol)
        self._navegadores: dict[str, FlaskClient] = {}

    def close(self) -> None:
        self.oficina.client.close()
        for app in (self.app, self.oficina.identidad):
            app.extensions["env"].db.close()

    def funcionario_id(self, rol: str) -> UUID:
        """The id of the member of staff with a role."""
        return UUID(str(self.oficina.funcionario(rol).id))

    def pagina(self, path: str, rol: str = "recepcion", **what: Any) -> TestResponse:
        """What a person with a role sees at an address of casos."""
        return self._navegador(rol).get(f"/casos{path}", **what)

    def enviar(
        self, path: str, datos: dict[str, Any], rol: str = "recepcion", **what: Any
    ) -> TestResponse:
        """What answers a form that a person with a role sends."""
        return self._navegador(rol).post(f"/casos{path}", data=datos, **what)

    def api(self, metodo: str, path: str, rol: str = "recepcion", **what: Any) -> TestResponse:
        """Ask the API as a role."""
        headers = self.oficina.bearer_fresco(rol) | what.pop("headers", {})
        return self.app.test_client().open(
            f"/casos/api/v1{path}", method=metodo, headers=headers, **what
        )

    def cambiar(self, path: str, datos: dict[str, Any], rol: str = "recepcion") -> TestResponse:
        """Change by the API whatever is there, for tests that are not about who was faster."""
        return self.api("PATCH", path, rol, json=datos, headers={"If-Match": "*"})

    def persona(self, **datos: Any) -> dict[str, Any]:
        """Somebody registered at the counter."""
        datos = {"nombres": "Marie", "primer_apellido": "Sintética"} | datos
        answer = self.api("POST", "/personas", json=datos)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
        return body

    def caso(self, **datos: Any) -> dict[str, Any]:
        """A case just opened."""
        if "persona_id" not in datos:
            datos["persona_id"] = self.persona()["id"]
        answer = self.api("POST", "/casos", json={"tema": "REG.TEMP"} | datos)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
        return body

    def paso(
        self, caso: dict[str, Any], nombre: str, rol: str = "profesional", **datos: Any
    ) -> TestResponse:
        """Take a step of a case by the API, as who has just read it."""
        with self.db.read() as session:
            leido = session.get(Caso, UUID(caso["id"]))
        headers = {"If-Match": f'"{leido.version if leido else 1}"'}
        return self.api("POST", f"/casos/{caso['id']}/{nombre}", rol, json=datos, headers=headers)

    def en_gestion(self, riesgo: str = "bajo", **datos: Any) -> dict[str, Any]:
        """A case of the second instance, evaluated."""
        caso = self.caso(**datos)
        assert self.paso(caso, "segunda-instancia", motivo="riesgo").status_code == 200
        evaluada = self.paso(
            caso,
            "evaluacion",
            riesgo=riesgo,
            amerita_derivacion=True,
            fundamento="Fundamento sintético",
        )
        assert evaluada.status_code == 200
        return caso

    def hechos(self, sujeto: str) -> list[str]:
        """The facts told of one thing (`caso/<id>`), in their order."""
        with self.db.read() as session:
            consulta = (
                select(Outbox.tipo).where(Outbox.agregado == sujeto).order_by(Outbox.secuencia)
            )
            return list(session.scalars(consulta))

    def auditadas(self, recurso_id: str) -> list[str]:
        """What was done to or read of one thing, in order."""
        with self.db.read() as session:
            consulta = select(Auditoria.accion).where(Auditoria.recurso_id == UUID(recurso_id))
            return list(session.scalars(consulta.order_by(Auditoria.id)))

    def guardado(self, caso: dict[str, Any]) -> Caso:
        """A case as it is stored."""
        with self.db.read() as session:
            return session.get_one(Caso, UUID(caso["id"]))

    def _navegador(self, rol: str) -> FlaskClient:
        if rol not in self._navegadores:
            self._navegadores[rol] = self.oficina.entrar(self.app, rol)
        return self._navegadores[rol]


@pytest.fixture(scope="module")
def ventanilla(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ventanilla]:
    """The counter, with its own databases for each module of tests."""
    made = Ventanilla(tmp_path_factory.mktemp("oficina"))
    yield made
    made.close()
