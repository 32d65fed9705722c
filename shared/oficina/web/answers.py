"""The answers of every service: Werkzeug's, without what it does to change nothing."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Response, current_app
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_CORRECTED = frozenset({"location", "content-location"})
_JSON = "application/json"


class Answer(Response):
    """An answer whose headers are copied only to be corrected."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        """As Werkzeug does it: an address is made a URL, what has no body says no length, and what
        has one says it.
        """
        status = self.status_code
        if status >= 200 and status not in (204, 304):
            names = {name.lower() for name, _value in self.headers}
            if "content-length" in names and names.isdisjoint(_CORRECTED):
                return self.headers
        return super().get_wsgi_headers(environ)


def in_json(told: Any, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """What the API tells: as Flask's `jsonify`, with its status and headers at once."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # as Flask documents it
    text = app.json.dumps(told, separators=(",", ":"))
    answer: Response = app.response_class(f"{text}\n", status, mimetype=_JSON)
    if headers:
        for name, value in headers.items():
            answer.headers.add(name, value)
    return answer
