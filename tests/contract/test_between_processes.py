"""Services ask each other over HTTP as they do in-process: tokens, keys, renewals, refusals."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

import columns
from identidad.actions import NuevoFuncionario, Origen, abrir_sesion, crear_funcionario
from identidad.app import create_app
from oficina.actor import Actor
from oficina.clock import real_now
from oficina.db import Database
from oficina.errors import NoPermitido
from oficina.settings import Settings
from oficina.web.auth import IdentidadRemota
from oficina.web.client import ServiceClient, ServicioNoDisponible
from oficina.web.tokens import Verificador

CLAVE = "clave de prueba larga"


class Remota:
    """identidad in front of a port of its own, and a session of somebody of the staff."""

    def __init__(self, data_dir: Path) -> None:
        settings = Settings(data_dir=data_dir)
        self.app = create_app(settings)
        self.db: Database = self.app.extensions["env"].db
        columns.file_in(data_dir, "identidad")
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        url = f"http://127.0.0.1:{self.server.server_port}"
        self.settings = Settings(data_dir=data_dir, service_urls=url)
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def token(self) -> str:
        """The first token of a new session."""
        datos = NuevoFuncionario(
            usuario="ana", nombre="Ana", correo="ana@b.example", clave=CLAVE, roles=["recepcion"]
        )
        with self.db.begin() as session:
            ana = crear_funcionario(session, datos, Actor.sistema("identidad"))
            sesion = abrir_sesion(session, ana.id, Origen("127.0.0.1", "prueba"), real_now())
        token: str = self.app.extensions["identidad_local"].token_de(sesion)
        return token

    def stop(self) -> None:
        """No more answers."""
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def remota(tmp_path: Path) -> Iterator[Remota]:
    """A running identidad."""
    made = Remota(tmp_path)
    yield made
    made.stop()
    made.db.close()


@pytest.fixture
def client(remota: Remota) -> Iterator[ServiceClient]:
    """casos, in another process."""
    made = ServiceClient(remota.settings, "casos")
    yield made
    made.close()


def test_a_service_signs_in_and_asks(client: ServiceClient) -> None:
    assert client.get("identidad", "/identidad/api/v1/yo")["nombre"] == "servicio-casos"
    with pytest.raises(NoPermitido):
        client.post("identidad", "/identidad/api/v1/sesiones/renovacion")


def test_a_session_is_verified_and_renewed(remota: Remota, client: ServiceClient) -> None:
    remote = IdentidadRemota(client)
    token = remota.token()

    credencial = Verificador(remote.jwks).leer(token, real_now())
    renewed = remote.renovar(token)

    assert credencial.actor.nombre == "Ana"
    assert renewed is not None
    assert remote.renovar("gastado") is None


def test_a_process_that_is_away_may_be_asked_later(tmp_path: Path) -> None:
    remota = Remota(tmp_path)
    client = ServiceClient(remota.settings, "casos")
    client.get("identidad", "/identidad/api/v1/yo")

    remota.stop()

    with pytest.raises(ServicioNoDisponible):
        client.get("identidad", "/identidad/api/v1/yo")
    client.close()
    remota.db.close()
