"""The one way out of every error: RFC 9457 problem+json under /api/, a page everywhere else."""

from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from oficina import telemetry
from oficina.errors import DatosInvalidos, DomainError, NoIdentificado
from oficina.web import messages

PROBLEM = "application/problem+json"
SIGN_IN = "/identidad/entrar"


def init_app(app: Flask) -> None:
    """Answer every error of `app`."""
    app.register_error_handler(DomainError, handle_domain_error)
    app.register_error_handler(ValidationError, handle_validation_error)
    app.register_error_handler(HTTPException, handle_http_exception)
    app.register_error_handler(RecursionError, handle_recursion_error)


def handle_domain_error(error: DomainError) -> ResponseReturnValue:
    """A rule of the office said no."""
    if isinstance(error, NoIdentificado) and not wants_json():
        return _to_sign_in()
    extra = dict(error.extra)
    if isinstance(error, DatosInvalidos):
        extra["errors"] = messages.flatten(error.errores)
    # Titles are declared where the errors are, without gettext; here they meet the reader.
    return _answer(error.status, _(error.title), error.detail, extra)


def handle_validation_error(error: ValidationError) -> ResponseReturnValue:
    """A schema that was loaded by hand said no."""
    return _answer(422, messages.title_of(422), "", {"errors": messages.flatten(error.messages)})


def handle_http_exception(error: HTTPException) -> ResponseReturnValue:
    """werkzeug, webargs or an unexpected exception (500, logged by the application) said no."""
    if isinstance(error, RequestRedirect) or error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, MethodNotAllowed) and (page := _page_of_a_step()):
        return redirect(page, 303)
    data: Mapping[str, Any] = getattr(error, "data", None) or {}
    extra: dict[str, Any] = {}
    if found := data.get("errors") or data.get("messages"):
        extra["errors"] = _without_location(messages.flatten(found))
    detail = str(data.get("message") or messages.detail_of(error.code))
    answer = _answer(error.code, messages.title_of(error.code), detail, extra)
    for name, value in dict(error.get_headers()).items():
        if name.title() in {"Allow", "Retry-After", "Www-Authenticate"}:
            answer.headers[name] = value
    return answer


def handle_recursion_error(_error: RecursionError) -> ResponseReturnValue:
    """JSON in more brackets than Python follows; nothing of ours nests by itself."""
    detail = _("Hay demasiados niveles, uno dentro de otro.")
    return _answer(HTTPStatus.BAD_REQUEST, messages.title_of(HTTPStatus.BAD_REQUEST), detail, {})


def wants_json() -> bool:
    """Whether this address speaks JSON: the API and the token endpoint."""
    return "/api/" in request.path or request.path.endswith(("/oauth/token", "/openapi.json"))


def _answer(status: int, title: str, detail: str, extra: Mapping[str, Any]) -> Response:
    story = telemetry.correlation_id.get()
    shows_nothing()
    if wants_json():
        body = {"type": "about:blank", "title": title, "status": status}
        if detail:
            body["detail"] = detail
        if story:
            body["correlation_id"] = story
        response = jsonify(body | dict(extra))
        response.content_type = PROBLEM
    else:
        page = render_template(
            "oficina/error.html",
            status=status,
            title=title,
            detail=detail,
            extra=extra,
            story=story,
        )
        response = current_app.response_class(page)
    response.status_code = status
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    waits = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    if status in waits or "retry_after" in extra:
        response.headers["Retry-After"] = str(extra.get("retry_after", 5))
    return response


def shows_nothing() -> None:
    """The answer says what went wrong and shows nothing of what was read before."""
    g.cuenta.leyo = False


def _page_of_a_step() -> str | None:
    """Where a browser goes that asks again for the address to which a form was sent.

    A form that came back with its errors stands at that address; a reload by GET is taken to the
    nearest page above.
    """
    if wants_json() or request.method not in {"GET", "HEAD"}:
        return None
    routes = current_app.create_url_adapter(request)
    path = request.path
    while routes and (path := path.rpartition("/")[0]):
        with suppress(HTTPException):
            routes.match(path, "GET")
            return path
    return None


def _to_sign_in() -> ResponseReturnValue:
    """To the sign-in page and back; a form that was sent is kept in the browser instead.

    Of what follows the path only ids go along: whatever else somebody typed there stays behind.
    """
    if request.method in {"GET", "HEAD"}:
        ids = [(name, value) for name, value in request.args.items(multi=True) if _is_id(value)]
        back = f"{request.path}?{urlencode(ids)}" if ids else request.path
        return redirect(f"{SIGN_IN}?{urlencode({'siguiente': back})}", 303)
    page = render_template("oficina/sesion_terminada.html", entrar=SIGN_IN)
    return current_app.response_class(page, status=401, headers={"WWW-Authenticate": "Bearer"})


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _without_location(errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """webargs puts the place of the request (json, query…) before the path of the field."""
    places = {"json", "query", "form", "headers", "path", "json_or_form", "files", "cookies"}
    kept: dict[str, list[str]] = {}
    for path, texts in errors.items():
        first, _dot, rest = path.partition(".")
        kept.setdefault(rest if first in places else path, []).extend(texts)
    return kept
