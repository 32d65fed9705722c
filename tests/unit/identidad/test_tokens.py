"""Tokens: who gets one, how it is signed, and what the API says about the staff."""

import base64
import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet

from identidad import secretos
from identidad.clientes.actions import NuevoCliente, crear_cliente
from identidad.models import DURACION
from identidad.secretos import (
    KEY_FILE,
    Firma,
    agregar_firma,
    clave_correcta,
    claves_de_firma,
    hash_clave,
    nuevo_secreto,
    retirar_firmas,
)
from oficina.actor import Actor
from oficina.clock import real_now
from oficina.settings import SettingsError

TOKEN = "/identidad/oauth/token"


@pytest.fixture
def api(oficina: Any) -> FlaskClient:
    """A program in front of identidad."""
    client: FlaskClient = oficina.identidad.test_client()
    return client


@pytest.fixture
def cliente(oficina: Any) -> tuple[str, str]:
    """A registered program: its id and its secret."""
    with oficina.identidad.extensions["env"].db.begin() as session:
        datos = NuevoCliente(
            client_id="programa", nombre="Programa", secreto=nuevo_secreto(), roles=["profesional"]
        )
        crear_cliente(session, datos, Actor.sistema("identidad"))
        return datos.client_id, datos.secreto


def _ask(api: FlaskClient, **form: str) -> Any:
    return api.post(TOKEN, data={"grant_type": "client_credentials"} | form)


def test_a_program_gets_a_token_by_body_or_basic(
    api: FlaskClient, cliente: tuple[str, str]
) -> None:
    client_id, secret = cliente
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()

    by_body = _ask(api, client_id=client_id, client_secret=secret)
    by_basic = api.post(
        TOKEN,
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )

    for response in (by_body, by_basic):
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        given = response.get_json()
        assert given["token_type"] == "Bearer"
        assert given["expires_in"] == 300
        assert given["scope"] == "profesional"
        headers = {"Authorization": f"Bearer {given['access_token']}"}
        me = api.get("/identidad/api/v1/funcionarios", headers=headers)
        assert me.status_code == 200


def test_wrong_secrets_are_refused_as_the_standard_says(
    api: FlaskClient, cliente: tuple[str, str]
) -> None:
    client_id, secret = cliente

    for form in (
        {"client_id": client_id, "client_secret": "otro"},
        {"client_id": "nadie", "client_secret": secret},
        {"client_id": "servicio-casos", "client_secret": secret},
        {"client_id": "servicio-nadie", "client_secret": secret},
        {},
    ):
        refused = _ask(api, **form)
        assert refused.status_code == 401
        assert refused.get_json() == {"error": "invalid_client"}
        assert refused.headers["WWW-Authenticate"].startswith("Basic")


def test_other_grants_are_refused(api: FlaskClient) -> None:
    password = api.post(TOKEN, data={"grant_type": "password"})
    none = api.post(TOKEN)

    assert (password.status_code, password.get_json()["error"]) == (400, "unsupported_grant_type")
    assert (none.status_code, none.get_json()["error"]) == (400, "invalid_request")


def test_guessing_secrets_has_to_wait(api: FlaskClient) -> None:
    for _ in range(30):
        assert _ask(api, client_id="nadie", client_secret="x").status_code == 401

    refused = _ask(api, client_id="nadie", client_secret="x")
    assert refused.status_code == 429
    assert "Retry-After" in refused.headers


def test_published_keys_verify_and_hold_nothing_private(
    api: FlaskClient, cliente: tuple[str, str]
) -> None:
    published = api.get("/identidad/.well-known/jwks.json").get_json()
    token = _ask(api, client_id=cliente[0], client_secret=cliente[1]).get_json()["access_token"]

    decoded = jwt.decode(token, KeySet.import_key_set(published), algorithms=["ES256"])

    assert all("d" not in key for key in published["keys"])
    assert decoded.claims["exp"] - decoded.claims["iat"] == 300


def test_the_signing_key_is_the_owners(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        Firma.load(tmp_path, make=False)

    made = Firma.load(tmp_path / "claves", make=True)
    again = Firma.load(tmp_path / "claves", make=True)

    path = tmp_path / "claves" / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == [KEY_FILE]
    assert made.publicas() == again.publicas()


def _kid(token: str) -> str:
    head = token.partition(".")[0]
    kid: str = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]
    return kid


def _token(oficina: Any) -> str:
    held: str = oficina.sesion("profesional")
    return held


def test_a_new_signing_key_is_published_before_it_signs_and_the_old_one_after(
    oficina: Any, api: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secretos, "LOOK_SECONDS", 0.0)
    claves = oficina.settings.claves
    before = _token(oficina)
    old = _kid(before)

    soon = agregar_firma(claves, real_now() + timedelta(hours=1))
    published = api.get("/identidad/.well-known/jwks.json").get_json()
    waiting = _kid(_token(oficina))
    now = agregar_firma(claves, real_now() - timedelta(seconds=1))
    after = _token(oficina)

    assert [key["kid"] for key in published["keys"]] == [old, soon]
    assert all("d" not in key for key in published["keys"])
    assert waiting == old
    assert _kid(after) == now
    # Who signed in before goes on working, and the other way round.
    for token in (before, after):
        me = api.get("/identidad/api/v1/yo", headers={"Authorization": f"Bearer {token}"})
        assert me.status_code == 200


def test_a_signing_key_is_kept_for_as_long_as_a_session_may_come_back(tmp_path: Path) -> None:
    Firma.load(tmp_path, make=True)
    (old,) = claves_de_firma(tmp_path)
    since = real_now()
    new = agregar_firma(tmp_path, since)

    assert retirar_firmas(tmp_path, since + DURACION) == []
    assert retirar_firmas(tmp_path, since + DURACION + timedelta(minutes=6)) == [old.kid]

    assert [each.kid for each in claves_de_firma(tmp_path)] == [new]
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_passwords_are_argon2id() -> None:
    hashed = hash_clave("una clave bien larga")

    assert hashed.startswith("$argon2id$")
    assert clave_correcta(hashed, "una clave bien larga")
    assert not clave_correcta(hashed, "otra")
    assert not clave_correcta("no es un hash", "otra")
    assert not clave_correcta(None, "otra")


def test_who_works_here_is_asked_by_role(oficina: Any, api: FlaskClient) -> None:
    oficina.funcionario("coordinacion")
    headers = oficina.bearer("servicio")
    address = "/identidad/api/v1/funcionarios"

    (one,) = api.get(f"{address}?rol=coordinacion", headers=headers).get_json()

    assert set(one) == {"id", "nombre", "correo", "roles", "unidad", "idioma"}
    assert one["roles"] == ["coordinacion"]
    assert api.get(f"{address}?rol=recepcion", headers=headers).get_json() == []
    assert api.get(f"{address}?rol=jefatura", headers=headers).status_code == 422
    assert api.get(address, headers=oficina.bearer("recepcion")).status_code == 403
    assert api.get(address).status_code == 401


def test_renewal_is_for_services_not_for_scripts(oficina: Any) -> None:
    browser = oficina.entrar(oficina.identidad, "profesional")
    address = "/identidad/api/v1/sesiones/renovacion"

    assert browser.post(address).get_json()["token"]
    assert browser.post(address, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 403


def test_me(oficina: Any, api: FlaskClient) -> None:
    me = api.get("/identidad/api/v1/yo", headers=oficina.bearer("servicio")).get_json()

    assert me["nombre"] == "servicio-casos"
    assert me["roles"] == ["servicio"]
