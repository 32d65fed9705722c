"""Programs: what each may do, its secrets, and how soon they stop."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from identidad.models import ClienteApi, SecretoDeCliente
from oficina.web.kept_answers import KeptAnswer

PAGINAS = "/identidad/clientes"
API = "/identidad/api/v1/clientes"
TOKEN = "/identidad/oauth/token"
UNIDADES = "/identidad/api/v1/unidades"
FUNCIONARIOS = "/identidad/api/v1/funcionarios"
TABLERO = {
    "client_id": "tablero",
    "nombre": "Tablero de la unidad",
    "roles": ["coordinacion"],
    "alcances": ["identidad.unidad.ver"],
    "unidad": "dideco",
}


@pytest.fixture
def api(oficina: Any) -> FlaskClient:
    """A program in front of identidad."""
    client: FlaskClient = oficina.identidad.test_client()
    return client


@pytest.fixture
def admin(oficina: Any) -> dict[str, str]:
    """Headers of who administers."""
    headers: dict[str, str] = oficina.bearer("administrador")
    return headers


def _token(api: FlaskClient, secreto: str, **form: str) -> Any:
    return api.post(
        TOKEN,
        data={
            "grant_type": "client_credentials",
            "client_id": "tablero",
            "client_secret": secreto,
            **form,
        },
    )


def _bearer(given: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {given.get_json()['access_token']}"}


def test_a_program_does_what_its_scopes_say_and_no_more(
    api: FlaskClient, admin: dict[str, str]
) -> None:
    made = api.post(API, json=TABLERO, headers=admin).get_json()
    given = _token(api, made["client_secret"])
    headers = _bearer(given)

    assert given.get_json()["scope"] == "identidad.unidad.ver"
    assert api.get(UNIDADES, headers=headers).status_code == 200
    # Its role would allow this one.
    assert api.get(FUNCIONARIOS, headers=headers).status_code == 403
    assert "client_secret" not in api.get(f"{API}/{made['id']}", headers=admin).get_json()


def test_a_scope_that_the_role_does_not_allow_opens_nothing(
    api: FlaskClient, admin: dict[str, str]
) -> None:
    wide = TABLERO | {"roles": ["recepcion"], "alcances": ["identidad.funcionario.listar"]}
    made = api.post(API, json=wide, headers=admin).get_json()

    headers = _bearer(_token(api, made["client_secret"]))

    assert api.get(FUNCIONARIOS, headers=headers).status_code == 403


@pytest.mark.parametrize("alcances", [["identidad.unidad.ver", "identidad.yo.ver"], None])
def test_a_program_asks_for_less_and_never_gets_more_by_waiting(
    oficina: Any, api: FlaskClient, admin: dict[str, str], alcances: list[str] | None
) -> None:
    made = api.post(API, json=TABLERO | {"alcances": alcances}, headers=admin).get_json()
    given = _token(api, made["client_secret"], scope="identidad.yo.ver")
    headers = _bearer(given)

    assert given.get_json()["scope"] == "identidad.yo.ver"
    for seconds in (0, 60):
        oficina.adelantar(oficina.identidad, seconds)
        assert api.get("/identidad/api/v1/yo", headers=headers).status_code == 200
        assert api.get(UNIDADES, headers=headers).status_code == 403


def test_a_program_goes_on_in_other_services_until_its_secret_ends(
    oficina: Any, servicios: dict[str, Flask], api: FlaskClient, admin: dict[str, str]
) -> None:
    """They ask identidad for a fresh token within the minute, whatever the program may do there."""
    suyo = TABLERO | {"alcances": ["casos.red.ver"]}
    made = api.post(API, json=suyo, headers=admin).get_json()
    headers = _bearer(_token(api, made["client_secret"]))
    casos = servicios["casos"].test_client()
    red = "/casos/api/v1/red/servicios"

    assert casos.get(red, headers=headers).status_code == 200
    oficina.adelantar(servicios["casos"], 60)
    assert casos.get(red, headers=headers).status_code == 200
    secreto = made["secretos"][0]["id"]
    api.post(f"{API}/{made['id']}/secretos/{secreto}/revocar", headers=admin)
    assert casos.get(red, headers=headers).status_code == 401


def test_a_scope_that_it_has_not_is_refused_by_its_name(
    api: FlaskClient, admin: dict[str, str]
) -> None:
    made = api.post(API, json=TABLERO, headers=admin).get_json()

    refused = _token(api, made["client_secret"], scope="identidad.cuenta.administrar")

    assert (refused.status_code, refused.get_json()) == (400, {"error": "invalid_scope"})


def test_two_secrets_stand_while_one_replaces_the_other(
    oficina: Any, api: FlaskClient, admin: dict[str, str]
) -> None:
    made = api.post(API, json=TABLERO, headers=admin).get_json()
    one = f"{API}/{made['id']}"
    fresh = api.post(f"{one}/secretos", headers=admin)
    old, new = made["client_secret"], fresh.get_json()["client_secret"]
    third = api.post(f"{one}/secretos", headers=admin)
    held = _bearer(_token(api, old))
    kept = _bearer(_token(api, new))

    assert fresh.status_code == 201
    assert third.status_code == 409
    first = made["secretos"][0]["id"]
    assert api.post(f"{one}/secretos/{first}/revocar", headers=admin).status_code == 200

    assert _token(api, old).status_code == 401
    assert _token(api, new).status_code == 200
    oficina.adelantar(oficina.identidad, 60)
    assert api.get(UNIDADES, headers=held).status_code == 401
    assert api.get(UNIDADES, headers=kept).status_code == 200


def test_a_secret_is_found_below_its_own_program_alone(
    api: FlaskClient, admin: dict[str, str]
) -> None:
    mine = api.post(API, json=TABLERO, headers=admin).get_json()
    other = api.post(API, json=TABLERO | {"client_id": "otro"}, headers=admin).get_json()
    secret = mine["secretos"][0]["id"]

    missed = api.post(f"{API}/{other['id']}/secretos/{secret}/revocar", headers=admin)

    assert missed.status_code == 404
    assert _token(api, mine["client_secret"]).status_code == 200


def test_a_revoked_program_stops_within_a_minute(
    oficina: Any, api: FlaskClient, admin: dict[str, str]
) -> None:
    made = api.post(API, json=TABLERO, headers=admin).get_json()
    headers = _bearer(_token(api, made["client_secret"]))

    revoked = api.post(f"{API}/{made['id']}/revocar", headers=admin).get_json()

    assert (revoked["activo"], revoked["secretos"][0]["vigente"]) == (False, False)
    assert _token(api, made["client_secret"]).status_code == 401
    assert api.post(f"{API}/{made['id']}/secretos", headers=admin).status_code == 409
    oficina.adelantar(oficina.identidad, 60)
    assert api.get(UNIDADES, headers=headers).status_code == 401


def test_what_it_may_do_changes_within_a_minute(
    oficina: Any, api: FlaskClient, admin: dict[str, str]
) -> None:
    made = api.post(API, json=TABLERO | {"alcances": None}, headers=admin).get_json()
    headers = _bearer(_token(api, made["client_secret"]))
    edit = {name: TABLERO[name] for name in ("nombre", "roles", "alcances", "unidad")}
    one = f"{API}/{made['id']}"

    done = api.put(one, json=edit, headers=admin | {"If-Match": '"1"'})
    stale = api.put(one, json=edit, headers=admin | {"If-Match": '"1"'})

    assert (done.status_code, done.get_json()["alcances"]) == (200, TABLERO["alcances"])
    assert stale.status_code == 412
    assert api.get(FUNCIONARIOS, headers=headers).status_code == 200
    oficina.adelantar(oficina.identidad, 60)
    assert api.get(FUNCIONARIOS, headers=headers).status_code == 403


def test_a_use_is_written_down_and_no_secret_is(
    oficina: Any, api: FlaskClient, admin: dict[str, str]
) -> None:
    made = api.post(API, json=TABLERO, headers=admin).get_json()
    assert made["secretos"][0]["usado_en"] is None
    _token(api, made["client_secret"])

    with oficina.identidad.extensions["env"].db.read() as session:
        (secreto,) = session.scalars(select(SecretoDeCliente))
    raw = b"".join(path.read_bytes() for path in oficina.settings.data_dir.glob("identidad.db*"))

    assert secreto.usado_en is not None
    assert made["client_secret"].encode() not in raw


def test_what_is_wrong_with_a_program_is_said_beside_its_field(
    api: FlaskClient, admin: dict[str, str]
) -> None:
    for field, value, says in (
        ("client_id", "servicio-casos", "Así se llaman los servicios"),
        ("client_id", "Tablero X", "Use de 3 a 60 letras minúsculas"),
        ("unidad", "ninguna", "Esa unidad no existe o está cerrada."),
        ("roles", ["servicio"], "Ese rol no existe."),
        ("alcances", ["todo"], "Ese permiso no existe."),
    ):
        refused = api.post(API, json=TABLERO | {field: value}, headers=admin)
        assert (refused.status_code, says in refused.text) == (422, True), field


def test_programs_by_pages(oficina: Any, servicios: dict[str, Flask]) -> None:
    browser = oficina.entrar(servicios["identidad"], "administrador")
    form = {**TABLERO, "alcances": ["casos.persona.ver", "identidad.unidad.ver"]}

    blank = browser.get(f"{PAGINAS}/nuevo").text
    # Each service says itself what it offers, and nobody else knows it.
    for offered in ("casos.persona.ver", "agenda.cita.agendar", "notificaciones.mensaje.ver"):
        assert f'value="{offered}"' in blank
    neither = browser.post(f"{PAGINAS}/nuevo", data=TABLERO | {"alcances": []})
    made = browser.post(f"{PAGINAS}/nuevo", data=form)
    found = re.search(r'<code class="text-break">([^<]+)</code>', made.text)

    assert neither.status_code == 422
    assert "Elija qué permisos tiene" in neither.text
    assert found is not None
    with servicios["identidad"].extensions["env"].db.read() as session:
        one = f"{PAGINAS}/{session.scalars(select(ClienteApi.id)).one()}"
    assert "casos.persona.ver" in browser.get(one).text
    assert found[1] not in browser.get(one).text
    assert _token(browser, found[1]).status_code == 200
    assert "Nunca" not in browser.get(PAGINAS).text
    edited = browser.get(f"{one}/editar").text
    assert edited.count(" checked") == 3
    wide = {"nombre": "Tablero", "roles": "coordinacion", "sin_limite": "1", "version": "1"}
    assert browser.post(f"{one}/editar", data=wide).status_code == 303
    assert "Todo lo que permiten sus roles" in browser.get(one).text
    assert "client_secret" in browser.post(f"{one}/secretos").text
    assert browser.post(f"{one}/revocar").status_code == 303
    assert "Revocado" in browser.get(PAGINAS).text


def test_a_service_that_does_not_answer_loses_no_scope(oficina: Any, api: FlaskClient) -> None:
    browser = oficina.entrar(oficina.identidad, "administrador")
    admin = oficina.bearer("administrador")
    made = api.post(API, json=TABLERO | {"alcances": ["casos.persona.ver"]}, headers=admin)

    page = browser.get(f"{PAGINAS}/{UUID(made.get_json()['id'])}/editar").text

    assert "Este servicio no responde ahora" in page
    assert re.search(r'value="casos.persona.ver" id="[a-z-]+" checked', page)


@pytest.mark.parametrize("rol", ["coordinacion", "auditor"])
def test_programs_are_the_administrators(oficina: Any, api: FlaskClient, rol: str) -> None:
    headers = oficina.bearer(rol)

    assert api.get(API, headers=headers).status_code == 403
    assert api.post(API, json=TABLERO, headers=headers).status_code == 403
    assert oficina.entrar(oficina.identidad, rol).get(PAGINAS).status_code == 403


def test_a_secret_is_told_once_also_to_who_repeats_the_request(
    oficina: Any, api: FlaskClient, admin: dict[str, str]
) -> None:
    keyed = admin | {"Idempotency-Key": "k"}

    first = api.post(API, json=TABLERO, headers=keyed)
    again = api.post(API, json=TABLERO, headers=keyed)
    path = f"{API}/{first.get_json()['id']}/secretos"
    second = api.post(path, headers=keyed)
    second_again = api.post(path, headers=keyed)

    for told, repeated in ((first, again), (second, second_again)):
        assert (told.status_code, repeated.status_code) == (201, 201)
        assert repeated.get_json() == told.get_json() | {"client_secret": None}
        assert repeated.headers["Idempotency-Withheld"] == "client_secret"
        assert repeated.headers["Idempotency-Replayed"] == "true"
    with oficina.identidad.extensions["env"].db.read() as session:
        kept = session.scalars(select(KeptAnswer.respuesta)).all()
        programs = session.scalars(select(SecretoDeCliente)).all()
    assert len(kept) == 2
    for secret in (first.get_json()["client_secret"], second.get_json()["client_secret"]):
        assert not any(secret in one for one in kept)
    # The rehearsals made neither a program nor a secret.
    assert len([one for one in programs if str(one.cliente_id) == first.get_json()["id"]]) == 2
