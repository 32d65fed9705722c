"""The web application that every service is made from.

`new_app` puts the parts together in the order in which a request meets them: its story begins, it
is refused if another site sent it, whoever asks is known and allowed, and only then the view reads
it. `new_api` adds the JSON side with its OpenAPI document and its page.
"""

import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import jinja2
from flask import Blueprint, Flask, Request, Response, current_app, g, request, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from werkzeug.middleware.proxy_fix import ProxyFix

from oficina import telemetry
from oficina.audit import llevar_cuenta
from oficina.bus import outbox
from oficina.db import Database
from oficina.env import Env
from oficina.jobs import Jobs, make_celery
from oficina.membrete import Membrete
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings
from oficina.web import (
    conditional,
    csrf,
    headers,
    health,
    i18n,
    idempotency,
    labels,
    limits,
    names,
    nav,
    problems,
    stale,
)
from oficina.web.answers import Answer
from oficina.web.api import ProblemApi
from oficina.web.auth import Guard, Identidad, IdentidadRemota, access_of
from oficina.web.client import ServiceClient
from oficina.web.conditional import marca_viva
from oficina.web.here import this_request
from oficina.web.routing import LateRule, SteadyHost

HERE = Path(__file__).parent
MAX_BODY = 20 * 1024 * 1024
READ_OUT = 64 * 1024
YEAR = 365 * 24 * 3600

log = telemetry.get_logger("oficina.web")

ViewFunc = Callable[..., Any]


class UnmarkedRoute(Exception):
    """A view does not say who may enter, or names a permission that the service does not have."""


class LecturaSinAnotar(Exception):
    """An answer that was made of personal data, and no row of the audit that says who read it."""


class ServiceApp(SteadyHost):
    """A Flask application whose every route says who may enter."""

    permisos: Mapping[str, frozenset[str]]
    url_rule_class = LateRule
    response_class = Answer

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: ViewFunc | None = None,
        provide_automatic_options: bool | None = None,  # noqa: FBT001  Flask's own signature
        **options: Any,
    ) -> None:
        """Register a route; UnmarkedRoute when nobody said who may use it."""
        name = str(endpoint or getattr(view_func, "__name__", rule))
        if view_func is not None and name.rpartition(".")[2] != "static":
            self._check_mark(name, view_func)
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)

    def ensure_sync(self, func: ViewFunc) -> ViewFunc:
        """Nothing here is asynchronous: nobody is asked about it, a score of times a request."""
        return func

    def log_exception(self, exc_info: Any) -> None:
        """An exception that nobody expected: where, never with which values."""
        log.error("error_inesperado", servicio=self.name, exc_info=exc_info)

    def _check_mark(self, name: str, view_func: ViewFunc) -> None:
        acceso = access_of(view_func)
        if acceso is None:
            raise UnmarkedRoute(f"{name}: add @requires(...) or @public")
        if acceso.permiso is not None and acceso.permiso not in self.permisos:
            raise UnmarkedRoute(f"{name}: {acceso.permiso} is not in permissions.py")


class _Notices(SecureCookieSessionInterface):
    """Flask's session, which carries the notices of pages from one to the next: nobody signs or
    reads a cookie for a request that has none and leaves none.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        # Programs send none; to look among those of a request is to read all of its headers.
        sends_some = "HTTP_COOKIE" in request.environ
        if not sends_some or self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.accessed or session.modified:
            super().save_session(app, session, response)


def new_app(
    servicio: str,
    settings: Settings,
    *,
    permisos: Mapping[str, frozenset[str]],
    jobs: Jobs,
    client: ServiceClient | None = None,
    identidad: Identidad | None = None,
    db: Database | None = None,
) -> Flask:
    """The application of one service, without routes of its own yet.

    It connects to the service's database and does not migrate it. `client` is the way to the other
    services (shared when embedded); identidad gives itself, `identidad`, and its `db`.
    """
    telemetry.configure_logging(settings.log_level)
    use_keyring(Keyring.load(settings.claves, make=settings.embedded))
    outbox.configure(settings.comuna)
    db = db or Database(settings.database_for(servicio))
    own_client = (client or ServiceClient(settings)).as_service(servicio)
    app = _flask(servicio, settings, permisos)
    env = Env(settings=settings, db=db, client=own_client)
    app.extensions["env"] = env
    app.extensions["celery"] = make_celery(jobs, settings, env)
    _observe(app)
    # Its answer is kept after everything else has seen it.
    idempotency.init_app(app)
    app.after_request(_hold_readings)
    app.after_request(_read_out)
    csrf.init_app(app, settings.base_url)
    Guard(
        permisos,
        identidad or IdentidadRemota(own_client),
        secure_cookies=settings.secure_cookies,
    ).init_app(app)
    conditional.init_app(app)
    headers.init_app(app, secure=settings.secure_cookies)
    limits.init_app(app, settings)
    i18n.init_app(app)
    names.init_app(app)
    labels.init_app(app)
    stale.init_app(app)
    problems.init_app(app)
    health.init_app(app, db)
    _pages(app, settings)
    return app


def new_api(app: Flask, *, title: str) -> ProblemApi:
    """The JSON side: OpenAPI 3.1 at /<servicio>/openapi.json and a page at /<servicio>/docs."""
    api = ProblemApi(app, title=title)
    app.extensions["api"] = api
    return api


def env() -> Env:
    """What the current service stands on."""
    found: Env = current_app.extensions["env"]
    return found


def _flask(servicio: str, settings: Settings, permisos: Mapping[str, frozenset[str]]) -> Flask:
    app = ServiceApp(
        servicio, static_folder=str(HERE / "static"), static_url_path=f"/{servicio}/static"
    )
    app.session_interface = _Notices()
    app.permisos = permisos
    app.config.update(
        SECRET_KEY=_derived(settings, "avisos"),
        SESSION_COOKIE_NAME="acogida_avisos",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=MAX_BODY,
        SEND_FILE_MAX_AGE_DEFAULT=YEAR,
        # Ours; Flask's own would print values of a failed request.
        PROPAGATE_EXCEPTIONS=False,
    )
    app.json.ensure_ascii = app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's own provider
    logging.getLogger(servicio).setLevel(settings.log_level)
    if settings.public_url:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]  # as Flask documents it
    return app


def _derived(settings: Settings, purpose: str) -> str:
    """A key of the whole office for one purpose: a notice set by one service is read by another."""
    return hmac.new(settings.service_key().encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _observe(app: Flask) -> None:
    """Begin the story of each request, count and log it at the end."""

    @app.before_request
    def begin() -> None:
        here = g._get_current_object()
        here.began = time.perf_counter()
        here.story = story = _story()
        next(story)

    @app.after_request
    def tell(response: Response) -> Response:
        seconds = time.perf_counter() - g.began
        asked = this_request()
        rule = str(asked.url_rule) if asked.url_rule else "-"
        telemetry.count_request(app.name, asked.method, rule, response.status_code, seconds)
        response.headers.add("X-Correlation-Id", telemetry.correlation_id.get())
        if not _is_routine(asked.endpoint or ""):
            log.info(
                "peticion",
                servicio=app.name,
                method=asked.method,
                ruta=rule,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
            )
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        if story := g.pop("story", None):
            next(story, None)


def _hold_readings(response: Response) -> Response:
    """What was read of people is written down before it leaves; raises LecturaSinAnotar.

    A redirect and a 304 show nothing, nor does the answer to an error (`problems`).
    """
    shows = not 300 <= response.status_code < 400
    if shows and g.cuenta.debe:
        raise LecturaSinAnotar(request.endpoint)
    return response


def _read_out(response: Response) -> Response:
    """Leave nothing of a request's body on its connection, which serves the next request.

    Of a body that was refused unread the server itself reads out 64 KB and then closes without a
    word, which a proxy that reuses the connection answers with 502. What is beyond MAX_BODY is left
    to it.
    """
    environ = request.environ
    if not environ.get("wsgi.input_terminated"):
        return response  # a server whose stream does not say where the body ends
    left = MAX_BODY
    # Who went away has no next request.
    with suppress(OSError):
        while left > 0 and (read := environ["wsgi.input"].read(READ_OUT)):
            left -= len(read)
    return response


def _is_routine(endpoint: str) -> bool:
    """Static files and what machines ask every few seconds would drown the log."""
    return endpoint.startswith("health.") or endpoint.rpartition(".")[2] == "static"


def _story() -> Iterator[None]:
    asked = this_request()
    with (
        llevar_cuenta(_address(asked.remote_addr or "")) as g.cuenta,
        telemetry.follow(
            asked.headers.get("X-Correlation-Id", ""),
            trace=asked.headers.get("traceparent", ""),
        ),
    ):
        yield


@lru_cache(maxsize=1_024)
def _address(said: str) -> str | None:
    """Whence a request came, by what the proxy that is trusted says; None if that is no address.

    Most requests of an hour come from few.
    """
    try:
        return str(ip_address(said))
    except ValueError:
        return None


def _pages(app: Flask, settings: Settings) -> None:
    """Templates, static files and what every page may use."""
    loaders = [app.jinja_loader, jinja2.FileSystemLoader(HERE / "templates")]
    app.jinja_loader = jinja2.ChoiceLoader([one for one in loaders if one])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(lugares=nav.lugares, recurso=recurso, demo=settings.demo)
    app.jinja_env.globals["membrete"] = Membrete.de(settings)
    app.jinja_env.globals.update(
        bootstrap_version=version("bootstrap-flask"), marca_viva=marca_viva, busca=nav.busca
    )
    # Bootstrap-Flask brings the style sheet; each service serves it below its own prefix.
    app.register_blueprint(
        Blueprint(
            "bootstrap",
            "flask_bootstrap",
            static_folder="static/bootstrap5",
            static_url_path=f"/{app.name}/static/bootstrap",
        )
    )


_versions: dict[str, str] = {}


def recurso(filename: str) -> str:
    """The address of a static file of ours; changes with its content, so browsers may keep it."""
    if filename not in _versions:
        content = (HERE / "static" / filename).read_bytes()
        _versions[filename] = hashlib.sha256(content).hexdigest()[:10]
    return url_for("static", filename=filename, v=_versions[filename])
