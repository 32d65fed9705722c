"""Addresses that are put together when somebody needs them, not when the office starts; and what of
an address is the same for one request after another.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.sansio.utils import get_host

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A rule whose address builders are compiled at the first `url_for` that uses them.

    Werkzeug compiles two functions a rule as it is added: a tenth of the time in which the embedded
    office starts, for hundreds of rules of which a page names a few. The method is Werkzeug's own;
    where it is called no more, addresses are compiled early again and nothing else changes.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:  # noqa: FBT001, FBT002
        compiled: list[Builder] = []
        compile_now = super()._compile_builder

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            # Two requests may both compile it: they come to the same.
            if not compiled:
                compiled.append(compile_now(append_unknown))
            return compiled[0](rule, **values)

        return build


class SteadyHost(Flask):
    """An application that asks once what the name of its host comes to."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """As Flask does it, which asks everything of the host twice a request.

        What depends on more than the host and the address, Flask is asked itself.
        """
        if request is None or not _is_plain(self, request):
            return super().create_url_adapter(request)
        environ = request.environ
        return MapAdapter(
            self.url_map,
            _server_name(request.scheme, environ.get("HTTP_HOST"), request.server),
            "/",
            self.url_map.default_subdomain,
            request.scheme,
            request.path,
            environ["REQUEST_METHOD"],
            request.query_string.decode(errors="replace"),
        )


def _is_plain(app: Flask, request: Request) -> bool:
    """Whether no setting chooses among hosts, and the request is for a path below the root."""
    environ, config = request.environ, app.config
    return (
        config["TRUSTED_HOSTS"] is None
        and config["SERVER_NAME"] is None
        and not app.url_map.host_matching
        and not app.subdomain_matching
        and "HTTP_UPGRADE" not in environ
        and not environ.get("SCRIPT_NAME")
        and environ.get("PATH_INFO", "").startswith("/")
    )


_ANY = Map()


@lru_cache(maxsize=256)
def _server_name(scheme: str, header: str | None, server: tuple[str, int | None] | None) -> str:
    """As addresses are built with it; BadHost for what cannot be one."""
    return _ANY.bind(get_host(scheme, header, server)).server_name
