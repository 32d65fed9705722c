"""What holds for the web side of all five services."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import RequestRedirect

import columns
from acogida.services import load
from oficina.settings import SERVICES
from oficina.web.auth import access_of
from oficina.web.i18n import COOKIE, LANGUAGES
from oficina.web.nav import LUGARES, Lugar


def _app(oficina: Any, servicio: str) -> Flask:
    if servicio == "identidad":
        identidad: Flask = oficina.identidad
        return identidad
    app: Flask = import_module(f"{servicio}.app").create_app(oficina.settings, oficina.client)
    columns.file_in(oficina.settings.data_dir, servicio)
    oficina.mount(app)
    return app


def _parts(told: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document."""
    if isinstance(told, dict):
        yield told
    for one in told.values() if isinstance(told, dict) else told:
        if isinstance(one, dict | list):
            yield from _parts(one)


@pytest.mark.parametrize("servicio", SERVICES)
def test_the_document_of_every_service_is_served(oficina: Any, servicio: str) -> None:
    app = _app(oficina, servicio)
    browser = app.test_client()

    document = browser.get(f"/{servicio}/openapi.json").get_json()

    assert document["openapi"] == "3.1.0"
    assert all(path.startswith(f"/{servicio}/api/v1/") for path in document["paths"])
    page = browser.get(f"/{servicio}/docs")
    assert page.status_code == 200
    assert page.text.count("<code>If-Match</code>") == str(document).count("'If-Match'")
    for part in _parts(document):
        # As ECMA 262 has it: looked for anywhere, and without Python's own end of a text.
        if isinstance(pattern := part.get("pattern"), str):
            assert (pattern[0], pattern[-1]) == ("^", "$")
            assert r"\Z" not in pattern
        assert "object" not in part.get("type", "") or not {"minLength", "maxLength"} & set(part)
    app.extensions["env"].db.close()


@pytest.mark.parametrize("servicio", SERVICES)
def test_what_each_operation_is_for_is_said_in_english_too(oficina: Any, servicio: str) -> None:
    app = _app(oficina, servicio)
    told = {}
    for idioma in LANGUAGES:
        browser = app.test_client()
        browser.set_cookie(COOKIE, idioma)
        paths = browser.get(f"/{servicio}/openapi.json").get_json()["paths"]
        told[idioma] = {
            (path, method): operation["summary"]
            for path, operations in paths.items()
            for method, operation in operations.items()
            if isinstance(operation, dict)
        }
    same = [where for where, said in told["es"].items() if told["en"][where] == said]
    assert told["es"]
    assert not same
    app.extensions["env"].db.close()


@pytest.mark.parametrize("lugar", LUGARES, ids=lambda lugar: lugar.url)
def test_the_navigation_leads_each_role_to_where_it_may_enter(oficina: Any, lugar: Lugar) -> None:
    segment = lugar.url.split("/")[1]
    app = _app(oficina, segment if segment in SERVICES else "identidad")
    try:
        endpoint, _arguments = app.url_map.bind("localhost").match(lugar.url)
    except RequestRedirect:
        pytest.fail(f"{lugar.url} is not the address itself")
    acceso = access_of(app.view_functions[endpoint])

    assert acceso is not None
    assert acceso.permiso is not None
    assert lugar.roles <= app.extensions["guard"].permisos[acceso.permiso]
    app.extensions["env"].db.close()


@pytest.mark.parametrize("servicio", SERVICES)
def test_every_service_forgets_the_answers_that_it_keeps(servicio: str) -> None:
    jobs = load(servicio).jobs

    assert "podar_respuestas" in [sweep.name for sweep in jobs.sweeps]
