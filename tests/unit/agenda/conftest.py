"""The agenda beside real identidad and the people of casos, on SQLite files."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

import pytest
from flask import Flask

import columns
from agenda.app import create_app
from casos.accesos.api import bp as accesos_bp
from casos.comunidad.organizaciones.api import bp as organizaciones_bp
from casos.permissions import PERMISOS
from casos.personas.api import bp as personas_bp
from oficina import clock
from oficina.calendar_cl import siguiente_habil
from oficina.db import Database
from oficina.jobs import Jobs
from oficina.web.app import new_api, new_app


class OficinaLike(Protocol):
    """What the fixture `oficina` gives."""

    settings: Any
    client: Any

    def mount(self, app: Flask) -> None: ...
    def entrar(self, app: Flask, rol: str) -> Any: ...
    def bearer(self, rol: str) -> dict[str, str]: ...
    def funcionario(self, rol: str) -> Any: ...


@dataclass
class Mesa:
    """What a test of the agenda has at hand."""

    oficina: OficinaLike
    app: Flask
    casos: Flask

    @property
    def db(self) -> Database:
        db: Database = self.app.extensions["env"].db
        return db

    def persona(self, **datos: Any) -> UUID:
        """Somebody who was registered at the counter."""
        answer = self.casos.test_client().post(
            "/casos/api/v1/personas",
            json={"nombres": "Marie", "primer_apellido": "Sintética", **datos},
            headers=self.oficina.bearer("recepcion"),
        )
        assert answer.status_code == 201, answer.text
        return UUID(answer.json["id"])

    def organizacion(self, nombre: str = "Comité Vecinal Sintético") -> UUID:
        """An organisation of the community."""
        answer = self.casos.test_client().post(
            "/casos/api/v1/comunidad/organizaciones",
            json={"nombre": nombre, "tipo": "comunitaria"},
            headers=self.oficina.bearer("profesional"),
        )
        assert answer.status_code == 201, answer.text
        return UUID(answer.json["id"])

    def nueva(self, **cambios: Any) -> dict[str, Any]:
        """The JSON of an appointment that nothing stands against."""
        return {
            "persona_id": str(self.persona()) if "persona_id" not in cambios else None,
            "profesional_id": str(self.oficina.funcionario("profesional").id),
            "fecha": dia_habil().isoformat(),
            "hora": "10:30",
            "duracion": 30,
            "lugar": "oficina",
        } | {campo: str(valor) for campo, valor in cambios.items()}

    def api(self, metodo: str, path: str = "", rol: str = "recepcion", **what: Any) -> Any:
        """Ask the agenda's API."""
        url = f"/agenda/api/v1/citas{path}"
        headers = self.oficina.bearer(rol) | what.pop("headers", {})
        return self.app.test_client().open(url, method=metodo, headers=headers, **what)

    def paso(self, cita: dict[str, Any], nombre: str, rol: str = "recepcion", **datos: Any) -> Any:
        """Take a step of an appointment, as who has read it as it was given."""
        version = {"If-Match": f'"{cita["version"]}"'}
        return self.api("POST", f"/{cita['id']}/{nombre}", rol, json=datos, headers=version)


def dia_habil() -> date:
    """A working day, a Monday to Thursday, a month ahead."""
    dia = siguiente_habil(clock.today() + timedelta(days=30))
    while dia.isoweekday() > 4:
        dia = siguiente_habil(dia + timedelta(days=1))
    return dia


@pytest.fixture
def mesa(oficina: OficinaLike) -> Iterator[Mesa]:
    """agenda, with casos' people to ask."""
    casos = new_app(
        "casos", oficina.settings, permisos=PERMISOS, jobs=Jobs("casos"), client=oficina.client
    )
    api = new_api(casos, title="Casos")
    for bp in (personas_bp, accesos_bp, organizaciones_bp):
        api.register_blueprint(bp)
    app = create_app(oficina.settings, oficina.client)
    for one in (casos, app):
        columns.file_in(oficina.settings.data_dir, one.name)
        oficina.mount(one)
    oficina.funcionario("profesional")
    oficina.funcionario("coordinacion")
    yield Mesa(oficina, app, casos)
    clock.move_to(None)
    for one in (casos, app):
        one.extensions["env"].db.close()
