"""An answer leaves with the headers that Werkzeug would send."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Response
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from oficina.web.answers import Answer, in_json
from oficina.web.app import ServiceApp


def _pieces() -> Iterator[bytes]:
    yield b"una"
    yield b"otra"


ASKED = EnvironBuilder(path="/casos/ñ").get_environ()
HEADERS = [
    [],
    [("ETag", '"3"'), ("X-Uno", "1"), ("X-Uno", "2")],
    [("Location", "/casos/ñandú")],
    [("Content-Location", "/casos/ñandú"), ("Content-Length", "99")],
    [("content-length", "99")],
]
TOLD: list[Any] = [
    {"año": "ñ\u2028<", "b": [1, None, True, {}], "a": 0.1},
    {"id": UUID(int=7), "dia": date(2030, 1, 2), "numero": Decimal("1.50")},
    [],
    None,
    "texto",
    7,
]
BODIES: dict[str, Any] = {
    "text": lambda: "hola ñ",
    "nothing": lambda: None,
    "empty": lambda: b"",
    "list": lambda: [b"una", b"otra"],
    "pieces": _pieces,
}


@pytest.mark.parametrize("status", [101, 200, 201, 204, 302, 304, 404, 500])
@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_answer_leaves_as_werkzeug_sends_it(
    status: int, headers: list[tuple[str, str]], body: str, method: str
) -> None:
    asked = {**ASKED, "REQUEST_METHOD": method}

    ours, theirs = (
        run_wsgi_app(kind(BODIES[body](), status, Headers(headers)), asked, buffered=True)
        for kind in (Answer, Response)
    )

    assert list(ours[2]) == list(theirs[2])
    assert (b"".join(ours[0]), ours[1]) == (b"".join(theirs[0]), theirs[1])


def test_an_answer_that_needs_no_correction_is_not_copied() -> None:
    answer = Answer("hola", 201, {"ETag": '"3"'})

    assert answer.get_wsgi_headers(ASKED) is answer.headers


def test_what_the_server_gets_is_its_own_list() -> None:
    answer = Answer("hola")
    _body, _status, headers = answer.get_wsgi_response(ASKED)
    headers.append(("X-Otro", "1"))

    assert "X-Otro" not in answer.headers


def test_bytes_that_are_there_are_given_as_they_are() -> None:
    answer = Answer("hola")

    assert answer.get_app_iter(ASKED) is answer.response


def test_who_waits_for_the_end_of_an_answer_is_told() -> None:
    told: list[str] = []
    answer = Answer("hola")
    answer.call_on_close(lambda: told.append("ya"))
    body, _status, _headers = run_wsgi_app(answer, ASKED)

    assert b"".join(body) == b"hola"
    assert told == []
    body.close()  # type: ignore[attr-defined]  # as a server does it
    assert told == ["ya"]


def test_who_waited_for_another_kind_of_answer_is_told_too() -> None:
    """A view that gives Flask's own: Flask makes it one of ours."""
    told: list[str] = []
    given = Response("hola")
    given.call_on_close(lambda: told.append("ya"))
    body, _status, _headers = run_wsgi_app(Answer.force_type(given), ASKED)
    body.close()  # type: ignore[attr-defined]  # as a server does it

    assert told == ["ya"]


@pytest.mark.parametrize("told", TOLD)
def test_json_is_told_as_flask_tells_it(told: Any) -> None:
    app = ServiceApp("uno")
    with app.test_request_context():
        ours = in_json(told, 201, {"ETag": '"3"'})
        theirs = app.json.response(told)
    theirs.status_code = 201
    theirs.headers.extend({"ETag": '"3"'})

    assert type(ours) is Answer
    assert ours.status == theirs.status
    assert ours.get_data() == theirs.get_data()
    assert list(ours.headers) == list(theirs.headers)
