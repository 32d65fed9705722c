"""Who may enter: marks, sessions that end, tokens that are renewed, requests of other sites."""

from typing import Any

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from oficina.actor import Actor
from oficina.clock import real_now
from oficina.web.app import UnmarkedRoute
from oficina.web.auth import requires
from oficina.web.tokens import ALGORITHM, Credencial

REVOKED_WITHIN = 60


def test_a_route_without_mark_cannot_be_registered(app: Flask) -> None:
    app._got_first_request = False

    with pytest.raises(UnmarkedRoute):
        app.add_url_rule("/casos/callada", "callada", lambda: "")
    with pytest.raises(UnmarkedRoute):
        app.add_url_rule("/casos/rara", "rara", requires("no.existe")(lambda: ""))


def test_a_session_that_was_ended_stops_everywhere_within_a_minute(
    app: Flask, oficina: Any
) -> None:
    browser = oficina.entrar(app, "profesional")
    cookie = browser.get_cookie("acogida").value
    elsewhere = oficina.identidad.test_client()
    elsewhere.set_cookie("acogida", cookie)

    assert browser.get("/casos/cosas").status_code == 200
    assert elsewhere.post("/identidad/salir").status_code == 303
    oficina.adelantar(app, REVOKED_WITHIN)
    after = browser.get("/casos/cosas")

    assert after.status_code == 303
    assert after.location.startswith("/identidad/entrar")
    assert browser.get_cookie("acogida") is None


def test_a_form_is_saved_however_old_its_token(app: Flask, oficina: Any) -> None:
    browser = oficina.entrar(app, "profesional")
    before = browser.get_cookie("acogida").value

    oficina.adelantar(app, 7 * 3600)
    response = browser.post("/casos/cosas", data={"nombre": "escrito"})

    assert response.status_code == 303
    assert response.location == "/casos/cosas"
    assert browser.get_cookie("acogida").value != before


def test_roles_change_with_the_next_token(app: Flask, oficina: Any) -> None:
    browser = oficina.entrar(app, "profesional")
    with oficina.identidad.extensions["env"].db.begin() as session:
        session.merge(oficina.funcionario("profesional")).roles = ["recepcion"]

    oficina.adelantar(app, REVOKED_WITHIN)

    assert browser.get("/casos/cosas").status_code == 403


def test_a_token_stays_good_while_identidad_does_not_answer(app: Flask, oficina: Any) -> None:
    browser = oficina.entrar(app, "profesional")
    assert browser.get("/casos/cosas").status_code == 200

    oficina.client._mounts.pop("identidad")
    oficina.adelantar(app, 4 * 60)
    while_good = browser.get("/casos/cosas")
    oficina.adelantar(app, 6 * 60)
    expired = browser.post("/casos/cosas")

    assert while_good.status_code == 200
    assert expired.status_code == 503
    assert "Retry-After" in expired.headers
    assert browser.get("/casos/abierta").status_code == 200


@pytest.mark.parametrize("hours", [8, 12])
def test_a_session_ends_without_use(app: Flask, oficina: Any, hours: int) -> None:
    browser = oficina.entrar(app, "profesional")

    oficina.adelantar(app, hours * 3600)

    assert browser.get("/casos/cosas").status_code == 303


def test_a_session_in_use_ends_after_twelve_hours(app: Flask, oficina: Any) -> None:
    browser = oficina.entrar(app, "profesional")

    for hour in range(1, 12):
        oficina.adelantar(app, hour * 3600)
        assert browser.get("/casos/cosas").status_code == 200
    oficina.adelantar(app, 12 * 3600)

    assert browser.get("/casos/cosas").status_code == 303


def _forged(key: Any, alg: str) -> str:
    actor = Actor.sistema("casos")
    header = {"alg": alg, "kid": "otra"}
    claims = Credencial.nueva(actor, real_now()).claims()
    return jwt.encode(header, claims, key, algorithms=[alg])


def test_tokens_of_others_do_not_enter(app: Flask, oficina: Any) -> None:
    own = oficina.bearer("servicio")["Authorization"].removeprefix("Bearer ")
    head, body, signature = own.split(".")
    forgeries = [
        _forged(ECKey.generate_key("P-256"), ALGORITHM),
        _forged(OctKey.import_key("una clave simétrica cualquiera"), "HS256"),
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{body}.",
        "nada",
        "",
    ]

    for forged in forgeries:
        response = app.test_client().get(
            "/casos/api/v1/quien", headers={"Authorization": f"Bearer {forged}"}
        )
        assert response.status_code == 401, forged
        browser = app.test_client()
        browser.set_cookie("acogida", forged)
        assert browser.get("/casos/cosas").status_code == 303


def test_a_bearer_token_ends_at_its_hour(app: Flask, oficina: Any) -> None:
    headers = oficina.bearer("servicio")
    assert app.test_client().get("/casos/api/v1/quien", headers=headers).status_code == 200

    oficina.adelantar(app, 301)

    assert app.test_client().get("/casos/api/v1/quien", headers=headers).status_code == 401


def test_a_persons_token_passed_on_ends_with_the_session(app: Flask, oficina: Any) -> None:
    headers = oficina.bearer("profesional")
    browser = oficina.identidad.test_client()
    browser.set_cookie("acogida", headers["Authorization"].removeprefix("Bearer "))
    oficina.adelantar(app, 55)
    standing = app.test_client().get("/casos/api/v1/quien", headers=headers)

    browser.post("/identidad/salir")
    oficina.adelantar(app, REVOKED_WITHIN)
    ended = app.test_client().get("/casos/api/v1/quien", headers=headers)

    assert standing.status_code == 200
    assert "Set-Cookie" not in standing.headers
    assert ended.status_code == 401


def test_a_page_that_is_not_there_knows_its_reader(app: Flask, oficina: Any) -> None:
    page = oficina.entrar(app, "profesional").get("/casos/nada")

    assert page.status_code == 404
    assert "Persona de profesional" in page.get_data(as_text=True)


def test_the_cookie_is_kept_from_scripts_and_other_sites(app: Flask, oficina: Any) -> None:
    browser = oficina.entrar(app, "profesional")
    oficina.adelantar(app, 55)

    set_cookie = browser.get("/casos/cosas").headers["Set-Cookie"]

    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://127.0.0.1:8000"}, 303),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://malo.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 303),
    ],
)
def test_only_our_own_pages_post(
    app: Flask, oficina: Any, headers: dict[str, str], status: int
) -> None:
    browser = oficina.entrar(app, "profesional")

    assert browser.post("/casos/cosas", headers=headers).status_code == status


def test_a_program_with_a_token_is_nobodys_page(app: Flask, oficina: Any) -> None:
    headers = oficina.bearer("profesional") | {"Origin": "http://programa.example"}

    response = app.test_client().post(
        "/casos/api/v1/cosas", json={"nombre": "Cosa"}, headers=headers
    )

    assert response.status_code == 201
