"""The answers of every service: Werkzeug's, without what it does to change nothing."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Response, current_app
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_CORRECTED = frozenset({"location", "content-location"})
_JSON = "application/json"


class Json(DefaultJSONProvider):
    """Flask's, in the order in which it was told and in its own letters; made once and not for each
    answer.
    """

    ensure_ascii = sort_keys = False

    _short = json.JSONEncoder(
        ensure_ascii=False, separators=(",", ":"), default=DefaultJSONProvider.default
    )

    def short(self, told: Any) -> str:
        """Without a space, as answers are."""
        return self._short.encode(told)


class Answer(Response):
    """An answer whose headers are copied only to be corrected."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        """As Werkzeug does it: an address is made a URL, what has no body says no length, and what
        has one says it.
        """
        if self._has_body:
            names = {name.lower() for name, _value in self.headers}
            if "content-length" in names and names.isdisjoint(_CORRECTED):
                return self.headers
        return super().get_wsgi_headers(environ)

    def get_app_iter(self, environ: "WSGIEnvironment") -> Iterable[bytes]:
        """As Werkzeug does it; bytes that are there already are given as they are, unless somebody
        waits for their end.
        """
        body = self.response
        is_there = type(body) is list and len(body) == 1 and type(body[0]) is bytes
        is_sent = self._has_body and environ["REQUEST_METHOD"] != "HEAD"
        if is_there and is_sent and not self._on_close:
            return body  # type: ignore[return-value]  # its only piece is bytes
        return super().get_app_iter(environ)

    @property
    def _has_body(self) -> bool:
        status = self.status_code
        return status >= 200 and status not in (204, 304)


def in_json(told: Any, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """What the API tells: as Flask's `jsonify`, with its status and headers at once."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # as Flask documents it
    answer: Response = app.response_class(f"{app.json.short(told)}\n", status, mimetype=_JSON)
    if headers:
        for name, value in headers.items():
            answer.headers.add(name, value)
    return answer
