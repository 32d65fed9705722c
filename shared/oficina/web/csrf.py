"""No other site may act in a person's name: the browser itself says where a request comes from.

`Sec-Fetch-Site` decides where the browser sends it, `Origin` where it does not (plain http beyond
the own machine). A request with neither does not come from a browser, and nobody's cookie rides on
it unseen; a Bearer token is not sent by browsers on their own.
"""

from urllib.parse import urlsplit

from flask import Flask, Request
from flask_babel import gettext as _

from oficina.errors import NoPermitido
from oficina.texts import N_
from oficina.web.here import this_request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class PeticionAjena(NoPermitido):
    """It was sent from a page of another site."""

    title = N_("La petición viene de otro sitio")


def init_app(app: Flask, base_url: str) -> None:
    """Refuse, before anything else, what another site's page sends."""
    own = _origin(base_url)

    @app.before_request
    def check() -> None:
        asked = this_request()
        if asked.method in SAFE_METHODS or _carries_bearer(asked):
            return
        site = asked.headers.get("Sec-Fetch-Site")
        origin = asked.headers.get("Origin")
        if site is not None:
            allowed = site in {"same-origin", "none"}
        else:
            allowed = origin is None or _origin(origin) in {own, _origin(asked.host_url)}
        if not allowed:
            raise PeticionAjena(_("Abra la página de la oficina y hágalo desde ahí."))


def _carries_bearer(asked: Request) -> bool:
    authorization = asked.authorization
    return authorization is not None and authorization.type == "bearer"


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
