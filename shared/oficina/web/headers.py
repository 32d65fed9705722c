"""What every answer tells the browser to allow and to keep: nothing that we did not write.

A page of the office asks for no script in its text, no frame around it, no device, and no other
site; what is about somebody stays in no cache.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Bootstrap draws the marks of its controls with data: images
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-src 'none'",
        "worker-src 'none'",
        "frame-ancestors 'none'",
    )
)

NO_DEVICE = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "web-share",
    "xr-spatial-tracking",
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: the browser would then hide the origin of our own forms from us as well.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{device}=()" for device in NO_DEVICE),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Static files say how long they may be kept.
    "Cache-Control": "no-store",
}

# Whoever has answered by TLS once is asked by nothing else, below this name either.
HSTS = "max-age=31536000; includeSubDomains"


def init_app(app: Flask, *, secure: bool) -> None:
    """Add the headers to every answer that has none of that name as it leaves."""
    told = HEADERS | {"Strict-Transport-Security": HSTS} if secure else HEADERS
    app.wsgi_app = _Told(app.wsgi_app, told)  # type: ignore[method-assign]  # as Flask documents it


class _Told:
    """An application whose answers tell the browser a few things more."""

    def __init__(self, app: "WSGIApplication", told: Mapping[str, str]) -> None:
        self._app = app
        self._told = [(name.lower(), (name, value)) for name, value in told.items()]

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        return self._app(environ, partial(self._start, start_response))

    def _start(
        self,
        start_response: "StartResponse",
        status: str,
        headers: list[tuple[str, str]],
        exc_info: "OptExcInfo | None" = None,
        /,
    ) -> Callable[[bytes], object]:
        there = {name.lower() for name, _value in headers}
        more = [pair for name, pair in self._told if name not in there]
        return start_response(status, headers + more, exc_info)
