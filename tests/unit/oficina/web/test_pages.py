"""What every page has: headers, language, navigation, forms that come back, live fragments."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import jinja2
import pytest
from flask import Flask
from flask.testing import FlaskClient

from oficina.clock import move_to, now
from oficina.jobs import Jobs
from oficina.web import i18n
from oficina.web.app import new_app

FORM = """
{% extends "oficina/base.html" %}
{% from "oficina/_campos.html" import campo, casillas, casilla, fecha, boton, resumen_errores
   with context %}
{% block contenido %}<h1>Forma</h1><form method="post">{{ resumen_errores(form) }}
{{ campo(form, "nombre", "Nombre", ayuda="Como en el documento") }}
{{ fecha(form, "fecha", "Fecha", requerido=False) }}
{{ casillas(form, "idiomas", "Idiomas", [("es", "Español"), ("ht", "Kreyòl")]) }}
{{ casilla(form, "acepta", "Acepta") }}
{{ campo(form, "clave", "Clave", tipo="password") }}{{ boton("Guardar") }}</form>{% endblock %}
"""


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """Somebody who has not signed in."""
    own = jinja2.DictLoader({"form_prueba.html": FORM})
    app.jinja_env.loader = jinja2.ChoiceLoader([own, app.jinja_loader])
    return app.test_client()


@pytest.mark.parametrize("address", ["/casos/cosas", "/casos/nada", "/casos/api/v1/nada"])
def test_every_answer_has_the_headers(browser: FlaskClient, address: str) -> None:
    headers = browser.get(address).headers

    policy = headers["Content-Security-Policy"]
    told = dict(part.split(" ", 1) for part in policy.split("; "))
    assert told["default-src"] == told["script-src"] == told["style-src"] == "'self'"
    for nothing in ("object-src", "base-uri", "frame-src", "worker-src", "frame-ancestors"):
        assert told[nothing] == "'none'"
    assert told["form-action"] == "'self'"
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    for device in ("camera", "geolocation", "microphone", "usb", "payment"):
        assert f"{device}=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_who_is_served_by_tls_is_asked_for_nothing_else(oficina: Any) -> None:
    settings = replace(oficina.settings, secure_cookies=True)
    app = new_app("casos", settings, permisos={}, jobs=Jobs("casos"), client=oficina.client)

    answer = app.test_client().get("/healthz")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    app.extensions["env"].db.close()


def test_static_files_are_ours_and_kept(browser: FlaskClient) -> None:
    page = browser.get("/casos/forma").get_data(as_text=True)
    addresses = re.findall(r'(?:href|src)="([^"]+\.(?:css|js|svg)[^"]*)"', page)

    assert len(addresses) == 4
    for address in addresses:
        assert address.startswith("/casos/static/")
        with browser.get(address) as file:
            assert file.status_code == 200
            assert "max-age=31536000" in file.headers["Cache-Control"]


def test_pages_have_no_script_or_style_inside(app: Flask, oficina: Any) -> None:
    page = oficina.entrar(app, "profesional").get("/casos/cosas").get_data(as_text=True)

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page)
    assert "http://" not in page
    assert "https://" not in page


def test_navigation_is_of_the_role(app: Flask, oficina: Any) -> None:
    profesional = oficina.entrar(app, "profesional").get("/casos/cosas").get_data(as_text=True)
    nobody = app.test_client().get("/casos/nada").get_data(as_text=True)

    assert 'href="/agenda/"' in profesional
    assert 'href="/identidad/cuentas"' not in profesional
    assert 'aria-label="Principal"' not in nobody


def test_notices_are_shown_once(app: Flask, oficina: Any) -> None:
    browser = oficina.entrar(app, "profesional")
    browser.post("/casos/cosas")

    assert "Guardado" in browser.get("/casos/cosas").get_data(as_text=True)
    assert "Guardado" not in browser.get("/casos/cosas").get_data(as_text=True)


def test_a_form_begins_with_its_values(browser: FlaskClient) -> None:
    page = browser.get("/casos/forma").get_data(as_text=True)

    assert 'value="Antes"' in page
    assert 'id="errores"' not in page


def test_a_form_comes_back_filled_with_its_errors(browser: FlaskClient) -> None:
    sent = {"nombre": '<b>"a', "fecha": "2026-02-31", "idiomas": ["ht"], "clave": "secreta"}
    sent["nombre"] = "ab"

    response = browser.post("/casos/forma", data=sent)
    page = response.get_data(as_text=True)

    assert response.status_code == 422
    assert 'id="errores"' in page
    assert '<a href="#campo-nombre">Nombre: Debe tener al menos 3 caracteres.</a>' in page
    assert 'value="ab"' in page
    assert 'value="2026-02-31"' in page
    assert re.search(r'value="ht" checked', page)
    assert 'aria-describedby="campo-nombre-ayuda campo-nombre-error" aria-invalid="true"' in page
    assert "secreta" not in page


def test_what_was_written_is_never_markup(browser: FlaskClient) -> None:
    page = browser.post("/casos/forma", data={"nombre": '"><', "fecha": "<x>"}).get_data(
        as_text=True
    )

    assert "&#34;&gt;&lt;" in page
    assert "<x>" not in page


def test_a_form_means_what_its_schema_says(browser: FlaskClient) -> None:
    sent = {
        "nombre": "  Cosa  ",
        "fecha": "",
        "idiomas": ["es", " ", "ht"],
        "acepta": "1",
        "clave": " con espacios ",
        "boton": "guardar",
    }

    data = browser.post("/casos/forma", data=sent).get_json()["data"]

    assert data == {
        "nombre": "Cosa",
        "fecha": "None",
        "idiomas": ["es", "ht"],
        "acepta": True,
        "clave": " con espacios ",
    }


def test_a_wrong_choice_is_an_error_of_the_whole_choice(browser: FlaskClient) -> None:
    page = browser.post("/casos/forma", data={"nombre": "Cosa", "idiomas": ["xx"]})

    assert 'href="#campo-idiomas"' in page.get_data(as_text=True)


def test_the_language_is_the_readers(app: Flask) -> None:
    browser = app.test_client()
    assert '<html lang="es">' in browser.get("/casos/nada").get_data(as_text=True)

    browser.set_cookie("idioma", "en")
    assert '<html lang="en">' in browser.get("/casos/nada").get_data(as_text=True)

    browser.set_cookie("idioma", "xx")
    assert '<html lang="es">' in browser.get("/casos/nada").get_data(as_text=True)


def test_moments_are_shown_as_in_chile(app: Flask) -> None:
    moment = datetime(2026, 1, 1, 2, 30, tzinfo=UTC)

    with app.test_request_context():
        assert i18n.fecha(moment) == "31 dic 2025"
        assert i18n.fecha_hora(moment) == "31 dic 2025, 23:30"
        assert i18n.fecha(date(2026, 9, 18)) == "18 sept 2026"
        assert i18n.fecha(None) == i18n.fecha_hora(None) == i18n.hace(None) == ""


def test_distance_is_from_the_day_of_the_domain(app: Flask) -> None:
    then = now()
    move_to(date(2027, 1, 15))
    try:
        with app.test_request_context():
            assert i18n.hace(then).startswith("hace ")
    finally:
        move_to(None)


def test_stale_writes_are_refused(browser: FlaskClient) -> None:
    assert browser.post("/casos/escribir", data={"version": "7"}).status_code == 200
    assert browser.post("/casos/escribir", data={"version": "6"}).status_code == 412
    assert browser.post("/casos/escribir").status_code == 428
    assert browser.post("/casos/escribir", headers={"If-Match": '"7"'}).status_code == 200
    assert browser.post("/casos/escribir", headers={"If-Match": '"6"'}).status_code == 412
    assert browser.post("/casos/escribir", headers={"If-Match": '"x"'}).status_code == 412
    assert browser.post("/casos/escribir", headers={"If-Match": "*"}).status_code == 200


def test_a_fragment_is_sent_again_only_when_it_changed(app: Flask, oficina: Any) -> None:
    browser = app.test_client()
    tag = browser.get("/casos/vivo/1").headers["ETag"]
    asked = {"If-None-Match": tag}

    assert browser.get("/casos/vivo/1", headers=asked).status_code == 304
    assert browser.get("/casos/vivo/2", headers=asked).status_code == 200
    other = oficina.entrar(app, "recepcion")
    assert other.get("/casos/vivo/1", headers=asked).status_code == 200


def test_too_many_calls_wait(browser: FlaskClient) -> None:
    assert [browser.get("/casos/poco").status_code for _ in range(3)] == [200, 200, 429]
    refused = browser.get("/casos/poco")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "Demasiados intentos" in refused.get_data(as_text=True)
