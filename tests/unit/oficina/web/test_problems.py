"""Errors leave by one door: problem+json under /api/, a page in the reader's language else."""

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import ValidationError, validate
from werkzeug.test import TestResponse

from oficina.web.auth import public
from oficina.web.here import MAX_BODY
from oficina.web.messages import translate

from .conftest import SECRET_TEXT

NOBODY = "/casos/api/v1/cosas/0189d4d4-0000-7000-8000-000000000000"


def _problem(response: TestResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = response.get_json()
    assert body["status"] == status
    assert body["title"]
    assert body["correlation_id"] == response.headers["X-Correlation-Id"]
    return body


@pytest.fixture
def api(app: Flask, oficina: Any) -> FlaskClient:
    """A client whose requests are signed in as `profesional`."""
    browser = app.test_client()
    browser.environ_base["HTTP_AUTHORIZATION"] = oficina.bearer("profesional")["Authorization"]
    return browser


def test_the_api_answers_problems(api: FlaskClient) -> None:
    assert _problem(api.get(NOBODY), 404)["title"] == "No encontramos lo que busca"
    assert _problem(api.get("/casos/api/v1/nada"), 404)
    wrong_method = api.delete("/casos/api/v1/cosas")
    assert _problem(wrong_method, 405)["title"] == "Esa acción no existe en esta dirección"
    assert "POST" in wrong_method.headers["Allow"]


@pytest.mark.parametrize("path", ["/casos/cosas/7/paso", "/casos/cosas/7/partes/8/quitar"])
def test_who_reloads_the_address_of_a_step_is_taken_to_the_page_above(
    app: Flask, path: str
) -> None:
    for rule in ("/casos/cosas/<int:n>/paso", "/casos/cosas/<int:n>/partes/<int:m>/quitar"):
        app.add_url_rule(rule, rule, public(lambda **_parts: "hecho"), methods=["POST"])
    browser = app.test_client()

    reloaded = browser.get(path)

    assert reloaded.status_code == 303
    assert reloaded.location == "/casos/cosas"
    assert browser.post(path).text == "hecho"
    assert browser.delete(path).status_code == 405
    assert browser.get("/casos/escribir").status_code == 405


def test_input_errors_carry_the_path_of_the_field_in_spanish(api: FlaskClient) -> None:
    sent = {"nombre": "a", "fecha": "ayer", "idiomas": ["es", "xx"], "otro": 1}

    errors = _problem(api.post("/casos/api/v1/cosas", json=sent), 422)["errors"]

    assert errors == {
        "nombre": ["Debe tener al menos 3 caracteres."],
        "fecha": ["No es una fecha: se espera día, mes y año."],
        "idiomas.1": ["Debe ser una de las opciones: es, ht."],
        "otro": ["Este campo no existe."],
    }


def test_an_unreadable_body_says_what_was_expected(api: FlaskClient) -> None:
    response = api.post("/casos/api/v1/cosas", data="{", content_type="application/json")

    assert _problem(response, 400)["errors"] == {
        "": ["El cuerpo de la petición no es JSON válido."]
    }


def test_json_nested_without_end_is_a_bad_request(api: FlaskClient) -> None:
    response = api.post("/casos/api/v1/cosas", data="[" * 100_000, content_type="application/json")

    assert _problem(response, 400)["detail"] == "Hay demasiados niveles, uno dentro de otro."


def test_a_body_that_is_too_large_is_refused_unread(api: FlaskClient) -> None:
    said = {"data": "x", "content_type": "application/json"}

    for length, status, detail in (
        (MAX_BODY + 1, 413, "De una vez se reciben hasta 20 MB."),
        (1, 400, None),
    ):
        told = {"CONTENT_LENGTH": str(length)}
        answer = api.post("/casos/api/v1/cosas", environ_overrides=told, **said)
        assert _problem(answer, status).get("detail") == detail


def test_domain_errors_keep_their_extra_members(api: FlaskClient) -> None:
    step = _problem(api.post("/casos/api/v1/pasos"), 409)
    rule = _problem(api.post("/casos/api/v1/reglas"), 422)

    assert step["estado_actual"] == "cerrado"
    assert step["transiciones_permitidas"] == ["reabierto"]
    assert rule["errors"] == {"persona.nombre": ["Falta este dato."]}


def test_authentication_comes_before_validation(app: Flask) -> None:
    response = app.test_client().post("/casos/api/v1/cosas", data="{")

    assert _problem(response, 401)
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_another_role_is_refused_before_its_input_is_read(app: Flask, oficina: Any) -> None:
    response = app.test_client().post(
        "/casos/api/v1/cosas", data="{", headers=oficina.bearer("recepcion")
    )

    assert _problem(response, 403)["title"] == "Su rol no permite hacer esto"


@pytest.mark.parametrize("address", ["/casos/falla", "/casos/api/v1/falla"])
def test_an_unexpected_error_tells_a_number_and_nothing_else(
    app: Flask, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    response = app.test_client().get(address)
    logged = capsys.readouterr().err

    assert response.status_code == 500
    assert response.headers["X-Correlation-Id"] in response.get_data(as_text=True)
    assert SECRET_TEXT not in response.get_data(as_text=True)
    assert "error_inesperado" in logged
    assert "builtins.RuntimeError" in logged
    assert SECRET_TEXT not in logged


def test_pages_are_pages(app: Flask, oficina: Any) -> None:
    missing = app.test_client().get("/casos/nada")
    forbidden = oficina.entrar(app, "recepcion").get("/casos/cosas")

    assert missing.status_code == 404
    assert "<h1>No encontramos lo que busca</h1>" in missing.get_data(as_text=True)
    assert forbidden.status_code == 403
    assert "<h1>Su rol no permite hacer esto</h1>" in forbidden.get_data(as_text=True)


def test_a_page_asks_to_sign_in_and_comes_back(app: Flask) -> None:
    one = "0190a0b0-0000-7000-8000-000000000001"
    response = app.test_client().get(f"/casos/cosas?q=Ana+Rojas&persona={one}")

    assert response.status_code == 303
    back = parse_qs(urlsplit(response.location).query)["siguiente"]
    assert back == [f"/casos/cosas?persona={one}"]


def test_a_form_sent_without_session_is_not_lost(app: Flask) -> None:
    response = app.test_client().post("/casos/cosas", data={"nombre": "escrito"})

    assert response.status_code == 401
    assert "Su sesión terminó antes de guardar" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("rule", "value", "said"),
    [
        (
            validate.Range(date(2000, 1, 1), date(2100, 12, 31)),
            date(1999, 1, 1),
            "Debe estar entre el 1 de enero de 2000 y el 31 de diciembre de 2100.",
        ),
        (
            validate.Range(min=date(2000, 1, 1)),
            date(1999, 1, 1),
            "Debe ser el 1 de enero de 2000 o más.",
        ),
        (validate.Range(1, 5), 6, "Debe estar entre 1 y 5."),
        (validate.Range(max=5), 6, "Debe ser 5 o menos."),
    ],
)
def test_what_a_range_says_is_said_as_people_write_it(
    app: Flask, rule: validate.Range, value: Any, said: str
) -> None:
    with app.test_request_context(), pytest.raises(ValidationError) as caught:
        rule(value)
    with app.test_request_context():
        assert translate(caught.value.messages[0]) == said
