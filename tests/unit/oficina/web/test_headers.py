"""What every answer tells the browser, once and whatever made it."""

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from oficina.web import headers


@pytest.fixture
def browser() -> FlaskClient:
    app = Flask("prueba")
    headers.init_app(app, secure=True)

    @app.get("/")
    def page() -> str:
        return "hola"

    @app.get("/propia")
    def own() -> Response:
        told = {"content-security-policy": "sandbox", "Cache-Control": "private"}
        return Response("hola", headers=told)

    return app.test_client()


@pytest.mark.parametrize("path", ["/", "/no-existe"])
def test_every_answer_has_them(browser: FlaskClient, path: str) -> None:
    answer = browser.get(path)

    for name, value in headers.HEADERS.items():
        assert answer.headers.getlist(name) == [value]
    assert answer.headers["Strict-Transport-Security"] == headers.HSTS
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_an_answer_says_itself_stays(browser: FlaskClient) -> None:
    answer = browser.get("/propia")

    assert answer.headers.getlist("Content-Security-Policy") == ["sandbox"]
    assert answer.headers.getlist("Cache-Control") == ["private"]
    assert answer.headers["X-Frame-Options"] == "DENY"
