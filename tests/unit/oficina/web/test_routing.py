"""Addresses that are compiled late are the same addresses."""

from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule

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
