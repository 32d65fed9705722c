"""Addresses that are compiled late are the same addresses."""

from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.test import EnvironBuilder

from oficina.web.app import ServiceApp
from oficina.web.routing import LateRule


def test_an_address_is_compiled_when_it_is_asked_for_and_stays_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled: list[Rule] = []
    compile_now = Rule._compile_builder

    def counted(rule: Rule, append_unknown: bool = True) -> Any:
        compiled.append(rule)
        return compile_now(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", counted)
    late, early = ServiceApp("late"), Flask("early")
    for app in (late, early):
        app.url_map.add(app.url_rule_class("/casos/<uuid:caso_id>/notas", endpoint="notas"))
    rule = next(late.url_map.iter_rules("notas"))
    assert isinstance(rule, LateRule)
    assert rule not in compiled
    values = {"caso_id": "0192f3a0-0000-7000-8000-000000000001", "desde": "2 días"}
    for _ in range(2):
        said = []
        for app in (late, early):
            with app.test_request_context():
                said.append(url_for("notas", **values))
        assert said[0] == said[1]
        assert said[0].endswith("/notas?desde=2+d%C3%ADas")
    assert compiled.count(rule) == 1


ADDRESSES: list[dict[str, Any]] = [
    {},
    {"HTTP_HOST": "Oficina.Example:8080"},
    {"HTTP_HOST": "oficina.example:80"},
    {"HTTP_HOST": "oficina.example:443", "wsgi.url_scheme": "https"},
    {"HTTP_HOST": "[::1]:8080"},
    {"HTTP_HOST": "no vale"},
    {"HTTP_HOST": "ñandú.example"},
    {"HTTP_HOST": f"{'a' * 64}.example"},
    {"HTTP_HOST": "a..example"},
    {"HTTP_HOST": ""},
    {"HTTP_HOST": None, "SERVER_NAME": "::1", "SERVER_PORT": "8080"},
    {"HTTP_HOST": None, "SERVER_NAME": "/run/socket", "SERVER_PORT": ""},
    {"PATH_INFO": "/casos/a\u00c3\u00b1o", "QUERY_STRING": "q=\u00c3\u00b1&x=\u00ff"},
    {"PATH_INFO": "//casos/1"},
    {"PATH_INFO": "/casos/"},
    {"PATH_INFO": ""},
    {"SCRIPT_NAME": "/debajo"},
    {"REQUEST_METHOD": "POST"},
    {"HTTP_CONNECTION": "keep-alive, Upgrade", "HTTP_UPGRADE": "websocket"},
]
SETTINGS: list[dict[str, Any]] = [
    {},
    {"TRUSTED_HOSTS": ["oficina.example"]},
    {"SERVER_NAME": "oficina.example"},
]


@pytest.mark.parametrize("changed", ADDRESSES)
@pytest.mark.parametrize("settings", SETTINGS)
def test_an_address_is_read_and_built_as_flask_does_it(
    changed: dict[str, Any], settings: dict[str, Any]
) -> None:
    told = []
    for app in (ServiceApp("ours"), Flask("theirs")):
        app.config.update(settings)
        for rule in ("/casos", "/casos/<caso>", "/casos/<caso>/notas/"):
            app.url_map.add(app.url_rule_class(rule, endpoint=rule))
        environ = EnvironBuilder(path="/casos/1/notas").get_environ() | changed
        asked = {name: value for name, value in environ.items() if value is not None}
        told.append(_told(app, asked))

    assert told[0] == told[1]


def _told(app: Flask, asked: dict[str, Any]) -> tuple[Any, ...]:
    with app.request_context(asked) as context:
        adapter, request = context.url_adapter, context.request
        wrong = request.routing_exception
        there = str(getattr(wrong, "new_url", ""))
        if adapter is None:
            return type(wrong), there
        return (
            type(wrong),
            there,
            request.url_rule and request.url_rule.rule,
            request.view_args,
            request.host,
            adapter.build("/casos/<caso>", {"caso": "ñ"}, force_external=True),
            adapter.allowed_methods(),
            url_for("/casos", _external=True),
        )


def test_a_host_is_asked_for_its_name_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bound: list[str] = []
    bind = Map.bind

    def counted(of: Map, server_name: str, *rest: Any, **options: Any) -> MapAdapter:
        bound.append(server_name)
        return bind(of, server_name, *rest, **options)

    monkeypatch.setattr(Map, "bind", counted)
    app = ServiceApp("ours")
    for path in ("/casos", "/citas"):
        with app.test_request_context(path, base_url="http://una-vez.example/"):
            pass

    assert bound == ["una-vez.example"]
