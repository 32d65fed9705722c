"""Services ask each other in-process with real tokens; the document says what they may ask."""

from typing import Any

import jsonschema
import pytest
from flask import Flask

from oficina import telemetry
from oficina.errors import Conflicto, DatosInvalidos, NoEncontrado, NoIdentificado, NoPermitido
from oficina.web.client import ServiceClient, ServicioNoDisponible

QUIEN = "/casos/api/v1/quien"


def test_a_service_asks_in_its_own_name_within_the_same_story(app: Flask, oficina: Any) -> None:
    client = oficina.client.as_service("agenda")

    with telemetry.follow("0189d4d4-0000-7000-8000-00000000000a"):
        answer = client.get("casos", QUIEN)
        assert telemetry.correlation_id.get() == "0189d4d4-0000-7000-8000-00000000000a"
        trace = telemetry.Trace.parse(telemetry.traceparent())

    sent = telemetry.Trace.parse(answer["trace"])
    assert answer["nombre"] == "servicio-agenda"
    assert answer["tipo"] == "servicio"
    assert answer["correlation"] == "0189d4d4-0000-7000-8000-00000000000a"
    assert sent is not None
    assert trace is not None
    assert sent.trace_id == trace.trace_id


def test_the_token_is_asked_for_once(app: Flask, oficina: Any) -> None:
    client = oficina.client.as_service("agenda")
    client.get("casos", QUIEN)
    first = client._token

    client.get("casos", QUIEN)

    assert client._token == first


def test_a_token_that_is_refused_is_asked_for_again(app: Flask, oficina: Any) -> None:
    client = oficina.client.as_service("agenda")
    client.get("casos", QUIEN)
    client._token = "gastado"

    assert client.get("casos", QUIEN)["nombre"] == "servicio-agenda"


def test_the_reader_is_passed_on(app: Flask, oficina: Any) -> None:
    browser = oficina.entrar(app, "profesional")

    assert browser.get("/casos/api/v1/reenvio").get_json()["nombre"] == "Persona de profesional"


def test_a_service_that_asks_itself_still_knows_its_reader(app: Flask, oficina: Any) -> None:
    browser = oficina.entrar(app, "profesional")

    told = browser.get("/casos/api/v1/consulta").get_json()

    assert told == ["servicio-casos", "Persona de profesional"]


def test_the_reader_is_passed_on_only_when_there_is_one(oficina: Any, app: Flask) -> None:
    with pytest.raises(NoIdentificado):
        oficina.client.get("casos", QUIEN, actor_token=True)


def test_refusals_arrive_as_the_errors_that_they_were(app: Flask, oficina: Any) -> None:
    client = oficina.client.as_service("agenda")
    nobody = "/casos/api/v1/cosas/0189d4d4-0000-7000-8000-000000000000"

    with pytest.raises(NoEncontrado):
        client.get("casos", nobody)
    with pytest.raises(Conflicto):
        client.post("casos", "/casos/api/v1/pasos")
    with pytest.raises(DatosInvalidos) as caught:
        client.post("casos", "/casos/api/v1/cosas", json={"nombre": "a"})
    assert caught.value.errores == {"nombre": ["Debe tener al menos 3 caracteres."]}
    assert client.post("casos", "/casos/api/v1/cosas", json={"nombre": "Cosa"})["nombre"] == "Cosa"


def test_a_service_may_not_do_what_only_people_may(oficina: Any) -> None:
    with pytest.raises(NoPermitido):
        oficina.client.as_service("casos").post(
            "identidad", "/identidad/api/v1/sesiones/renovacion"
        )


def test_a_service_that_fails_or_is_not_there_may_be_asked_later(app: Flask, oficina: Any) -> None:
    with pytest.raises(ServicioNoDisponible):
        oficina.client.as_service("agenda").get("casos", "/casos/api/v1/falla")
    with pytest.raises(ServicioNoDisponible):
        oficina.client.get("reportes", "/reportes/api/v1/nada")
    with pytest.raises(ServicioNoDisponible):
        ServiceClient(oficina.settings, "casos").get("casos", QUIEN)


def test_the_document_is_openapi_3_1_with_absolute_paths(app: Flask) -> None:
    document = app.test_client().get("/casos/openapi.json").get_json()

    assert document["openapi"] == "3.1.0"
    assert "servers" not in document
    assert all(path.startswith("/casos/api/v1/") for path in document["paths"])
    post = document["paths"]["/casos/api/v1/cosas"]["post"]
    assert post["responses"]["default"] == {"$ref": "#/components/responses/DEFAULT_ERROR"}
    for response in document["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]
    assert document["security"] == [{"bearer": []}, {"sesion": []}]
    assert document["paths"]["/casos/api/v1/falla"]["get"]["security"] == []
    assert [way.get("programa") for way in post["security"]] == [["cosa.ver"], None, None]
    jsonschema.Draft202012Validator.check_schema(document["components"]["schemas"]["Problem"])


def test_the_document_is_the_same_whenever_it_is_asked_for(app: Flask) -> None:
    browser = app.test_client()

    first, again = (browser.get("/casos/openapi.json").get_json() for _ in range(2))

    assert again == first


def test_the_document_can_be_read_by_people(app: Flask) -> None:
    page = app.test_client().get("/casos/docs").get_data(as_text=True)

    assert "/casos/api/v1/cosas" in page
    assert "Guarda una cosa" in page


def test_health(app: Flask, oficina: Any) -> None:
    browser = app.test_client()
    ready = oficina.identidad.test_client().get("/readyz")
    not_migrated = browser.get("/readyz")

    assert browser.get("/healthz").get_data(as_text=True) == "ok\n"
    assert ready.status_code == 200
    assert not_migrated.status_code == 503
    assert not_migrated.get_json()["partes"] == {"base_de_datos": False}
    browser.get("/casos/abierta")
    metrics = browser.get("/metrics").get_data(as_text=True)
    assert 'ruta="/casos/abierta",servicio="casos",status="200"' in metrics
