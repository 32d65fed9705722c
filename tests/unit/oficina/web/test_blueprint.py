"""An operation reads and answers as flask-smorest's own does."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import flask_smorest
import pytest
from flask import Flask
from marshmallow import Schema, fields, validate
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from oficina.web.app import ServiceApp
from oficina.web.auth import access_of, public
from oficina.web.blueprint import Blueprint
from oficina.web.reading import Reader


class PedidoSchema(Schema):
    nombre = fields.String(required=True, validate=validate.Length(max=4))
    cuantos = fields.Integer(load_default=1)


class CambioSchema(PedidoSchema):
    """The same, of which some may be left out."""


class FiltroSchema(Schema):
    desde = fields.Integer()


class AnswerSchema(Schema):
    nombre = fields.String()
    cuantos = fields.Integer()


def _app(kind: Callable[..., Any]) -> Flask:
    app = ServiceApp("uno")
    app.config.update(API_TITLE="Uno", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    bp = kind("cosas", __name__, url_prefix="/cosas")

    @bp.post("/<lugar>")
    @bp.arguments(PedidoSchema)
    @bp.arguments(FiltroSchema, location="query")
    @bp.response(201, AnswerSchema)
    @bp.alt_response(200, schema=AnswerSchema, description="Ya estaba")
    @public
    def pedir(pedido: dict[str, Any], filtro: dict[str, Any], lugar: str) -> Any:
        """Pedir algo"""
        made = SimpleNamespace(nombre=f"{lugar} {pedido['nombre']} ñ", cuantos=pedido["cuantos"])
        if "desde" in filtro:
            return made, filtro["desde"], {"ETag": '"3"', "Location": "/cosas/ñ"}
        return made

    @bp.put("/<lugar>")
    @bp.arguments(CambioSchema(partial=True), description="Lo que cambia")
    @bp.response(204)
    @public
    def cambiar(_pedido: dict[str, Any], lugar: str) -> Any:
        """Cambiar algo"""
        return None if lugar == "a" else (Response("hecho"), 202, {"X-Uno": "1"})

    @bp.get("/<lugar>")
    @bp.response(200, AnswerSchema(many=True))
    @public
    def cosas(lugar: str) -> Any:
        """Cosas"""
        return [{"nombre": lugar}], {"ETag": '"4"'}

    flask_smorest.Api(app).register_blueprint(bp)
    return app


@pytest.fixture(name="ask")
def _ask() -> Callable[..., tuple[TestResponse, TestResponse]]:
    ours, theirs = (_app(kind).test_client() for kind in (Blueprint, flask_smorest.Blueprint))
    return lambda *args, **kwargs: (ours.open(*args, **kwargs), theirs.open(*args, **kwargs))


JSON = "application/json"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"nombre": "uno"}', JSON),
        ('{"nombre": "ñ", "cuantos": "7"}'.encode(), f"{JSON}; charset=utf-8"),
        (b'{"nombre": "demasiado", "otra": 1}', JSON),
        (b'{"cuantos": "x"}', JSON),
        (b"[]", JSON),
        (b"null", JSON),
        (b"", JSON),
        (b"{", JSON),
        (b'{"nombre": "\xff"}', JSON),
        ('{"nombre": "uno"}'.encode("utf-16"), JSON),
        (b'\xef\xbb\xbf{"nombre": "uno"}', JSON),
        (b'{"nombre": NaN}', JSON),
        (b"[" * 100_000, JSON),
        (b'{"nombre": "uno"}', "application/cosas+json"),
        (b'{"nombre": "uno"}', "text/plain"),
        (b"nombre=uno", "application/x-www-form-urlencoded"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/cosas/a"),
        ("POST", "/cosas/a?desde=200"),
        ("POST", "/cosas/a?desde=x"),
        ("PUT", "/cosas/a"),
        ("PUT", "/cosas/b"),
    ],
)
def test_a_body_is_read_and_answered_as_flask_smorest_does_it(
    ask: Callable[..., tuple[TestResponse, TestResponse]],
    body: bytes,
    kind: str,
    method: str,
    path: str,
) -> None:
    ours, theirs = ask(path, method=method, data=body, content_type=kind)

    assert (ours.status, ours.data) == (theirs.status, theirs.data)
    assert sorted(ours.headers) == sorted(theirs.headers)


@pytest.mark.parametrize("number", ["1" * 5_000, "-" + "1" * 5_000])
def test_a_number_that_python_does_not_read_is_the_body_s_mistake(number: str) -> None:
    asked = _app(Blueprint).test_client()

    for method, path in (("POST", "/cosas/a"), ("PUT", "/cosas/a")):
        body = f'{{"nombre": "uno", "cuantos": {number}}}'
        answer = asked.open(path, method=method, data=body, content_type="application/json")
        assert answer.status_code == 400


def test_a_fraction_is_not_rounded_to_an_integer() -> None:
    asked = _app(Blueprint).test_client()

    for number, status in ((2, 201), (2.0, 201), ("2", 201), (2.5, 422), (-0.1, 422), ("2.5", 422)):
        answer = asked.post("/cosas/a", json={"nombre": "uno", "cuantos": number})
        assert (number, answer.status_code) == (number, status)


def test_what_was_read_is_answered_as_flask_smorest_does_it(
    ask: Callable[..., tuple[TestResponse, TestResponse]],
) -> None:
    ours, theirs = ask("/cosas/a")

    assert ours.json == [{"nombre": "a"}]
    assert (ours.status, ours.data) == (theirs.status, theirs.data)
    assert sorted(ours.headers) == sorted(theirs.headers)


def test_a_body_in_order_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[Any] = []
    load = Schema.load

    def counted(schema: Schema, data: Any, **options: Any) -> Any:
        loaded.append(type(schema))
        return load(schema, data, **options)

    monkeypatch.setattr(Schema, "load", counted)
    browser = _app(Blueprint).test_client()
    assert browser.post("/cosas/a", json={"nombre": "uno"}).status_code == 201
    assert PedidoSchema not in loaded
    assert browser.post("/cosas/a", json={"nombre": "demasiado"}).status_code == 422
    assert loaded.count(PedidoSchema) == 1


def test_what_webargs_is_told_is_left_to_it() -> None:
    app = ServiceApp("uno")
    bp = Blueprint("cosas", __name__)

    @bp.post("/cosas")
    @bp.arguments(PedidoSchema, unknown="exclude")
    @bp.response(200)
    @public
    def pedir(pedido: dict[str, Any]) -> Any:
        return pedido

    app.register_blueprint(bp)
    answer = app.test_client().post("/cosas", json={"nombre": "uno", "otra": 1})

    assert answer.json == {"nombre": "uno", "cuantos": 1}


def test_the_document_and_the_marks_are_those_of_flask_smorest() -> None:
    ours, theirs = (_app(kind) for kind in (Blueprint, flask_smorest.Blueprint))
    told = [
        app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
        for app in (ours, theirs)
    ]

    assert told[0] == told[1]
    assert told[0]["paths"]["/cosas/{lugar}"]["post"]["responses"].keys() >= {"200", "201", "422"}
    assert access_of(ours.view_functions["cosas.pedir"]) is not None
    assert ours.view_functions["cosas.pedir"].__name__ == "pedir"


def test_a_schema_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    begin = Reader.__init__

    def counted(reader: Reader, *args: Any, **kwargs: Any) -> None:
        made.append(args)
        begin(reader, *args, **kwargs)

    monkeypatch.setattr(Reader, "__init__", counted)
    browser = _app(Blueprint).test_client()
    for _ in range(3):
        browser.post("/cosas/a", json={"nombre": "uno"})

    assert len(made) == 1
