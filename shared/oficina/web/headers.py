"""What every answer tells the browser to allow and to keep: nothing that we did not write.

A page of the office asks for no script in its text, no frame around it, no device, and no other
site; what is about somebody stays in no cache.
"""

from flask import Flask, Response, request

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
}

# Whoever has answered by TLS once is asked by nothing else, below this name either.
HSTS = "max-age=31536000; includeSubDomains"


def init_app(app: Flask, *, secure: bool) -> None:
    """Add the headers to every answer; a page with data is not kept by the browser."""

    @app.after_request
    def add(response: Response) -> Response:
        there = {name.lower() for name in response.headers.keys()}  # noqa: SIM118  pairs otherwise
        for name, value in HEADERS.items():
            if name.lower() not in there:
                response.headers.add(name, value)
        if secure:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        if not _is_static():
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _is_static() -> bool:
    return (request.endpoint or "").rpartition(".")[2] == "static"
