"""Asking another service for details: HTTP in containers, a WSGI call in-process when embedded.

A service signs in with its own secret and carries the role `servicio`, or forwards the token of
the person in front of the page, so that the owner of the data applies that person's scope. The
story (correlation and trace) goes along, and the address of the request that all this is about.
"""

import hashlib
import hmac
import threading
from collections.abc import Iterable, Mapping
from contextvars import Context
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
from flask import g, has_app_context

from oficina import telemetry
from oficina.clock import real_now
from oficina.errors import (
    Conflicto,
    DatosInvalidos,
    DomainError,
    NoEncontrado,
    NoIdentificado,
    NoPermitido,
)
from oficina.settings import Settings
from oficina.texts import N_

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TIMEOUT = httpx.Timeout(10.0, connect=2.0)
# Connections are let go before gunicorn closes them, which it does after two seconds.
LIMITS = httpx.Limits(keepalive_expiry=1.5)
TOKEN_MARGIN = timedelta(seconds=30)
TOKEN_PATH = "/identidad/oauth/token"  # noqa: S105  an address, not a secret


class ServicioNoDisponible(DomainError):
    """Another service did not answer, or not now: asking again later may work."""

    status = 503
    title = N_("Una parte de la oficina no responde; intente de nuevo en un momento")


def service_secret(settings: Settings, servicio: str) -> str:
    """The derived secret of the API client `servicio-<servicio>`."""
    key = settings.service_key().encode()
    return hmac.new(key, f"servicio-{servicio}".encode(), hashlib.sha256).hexdigest()


class ServiceClient:
    """The way to the other services. Safe to share between threads."""

    def __init__(self, settings: Settings, servicio: str = "acogida") -> None:
        """Call as `servicio`; nothing is sent before the first question."""
        self._settings = settings
        self._servicio = servicio
        self._mounts: dict[str, httpx.Client] = {}
        self._token = ""
        self._token_until = datetime.min.replace(tzinfo=real_now().tzinfo)
        self._lock = threading.Lock()

    def as_service(self, servicio: str) -> "ServiceClient":
        """The same ways, signing in as another service."""
        other = ServiceClient(self._settings, servicio)
        other._mounts = self._mounts
        return other

    def mount(self, servicio: str, wsgi_app: "WSGIApplication") -> None:
        """Answer calls to `servicio` in this process."""

        def apart(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            # As over HTTP: the request that asks, and what is known of it, stay outside, also when
            # a service asks itself. Only a service comes this way: it is believed whence.
            environ["REMOTE_ADDR"] = environ.get("HTTP_X_FORWARDED_FOR", "")
            return Context().run(wsgi_app, environ, start_response)

        transport = httpx.WSGITransport(app=apart)
        self._mounts[servicio] = httpx.Client(transport=transport, base_url="http://localhost")

    def close(self) -> None:
        """Close every connection."""
        for mounted in self._mounts.values():
            mounted.close()
        self._mounts.clear()

    def get(
        self,
        servicio: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        actor_token: bool = False,
    ) -> Any:
        """The JSON at `path` (absolute, with its `/<servicio>` prefix).

        With `actor_token` the question is asked in the name of the reader of the current request.
        Raises ServicioNoDisponible (try later) or the domain error that the owner answered.
        """
        return self._ask("GET", servicio, path, params=params, actor_token=actor_token)

    def post(
        self,
        servicio: str,
        path: str,
        json: Any = None,
        *,
        actor_token: bool = False,
    ) -> Any:
        """Send JSON to `path` and return the JSON of the answer; errors as in `get`."""
        return self._ask("POST", servicio, path, json=json, actor_token=actor_token)

    def send(
        self,
        method: str,
        servicio: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One exchange without any credential of ours. Raises ServicioNoDisponible only."""
        story = {
            "X-Correlation-Id": telemetry.correlation_id.get(),
            "traceparent": telemetry.traceparent(),
            "X-Forwarded-For": g.cuenta.direccion if has_app_context() and "cuenta" in g else None,
        }
        sent = {name: value for name, value in story.items() if value} | dict(headers or {})
        try:
            answer = self._to(servicio).request(
                method, path, headers=sent, params=params, json=json, data=data
            )
        except httpx.TransportError as error:
            raise ServicioNoDisponible(servicio=servicio) from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise ServicioNoDisponible(servicio=servicio)
        return answer

    def _ask(self, method: str, servicio: str, path: str, *, actor_token: bool, **what: Any) -> Any:
        token = _reader_token() if actor_token else self._own_token()
        answer = self.send(method, servicio, path, headers=_bearer(token), **what)
        if answer.status_code == 401 and not actor_token:
            # The key or the secret was rotated since the token was given.
            self._token_until = real_now()
            answer = self.send(method, servicio, path, headers=_bearer(self._own_token()), **what)
        if answer.status_code >= 400:
            raise _error_of(answer)
        return answer.json() if answer.content else None

    def _to(self, servicio: str) -> httpx.Client:
        with self._lock:
            if servicio not in self._mounts:
                if not self._settings.service_urls:
                    raise ServicioNoDisponible(servicio=servicio)
                url = self._settings.service_urls.replace("{servicio}", servicio)
                transport = httpx.HTTPTransport(retries=1, limits=LIMITS)
                self._mounts[servicio] = httpx.Client(
                    base_url=url, transport=transport, timeout=TIMEOUT
                )
            return self._mounts[servicio]

    def _own_token(self) -> str:
        if real_now() >= self._token_until:
            secret = service_secret(self._settings, self._servicio)
            form = {
                "grant_type": "client_credentials",
                "client_id": f"servicio-{self._servicio}",
                "client_secret": secret,
            }
            answer = self.send("POST", "identidad", TOKEN_PATH, data=form)
            if answer.status_code >= 400:
                raise _error_of(answer)
            given = answer.json()
            self._token = given["access_token"]
            self._token_until = real_now() + timedelta(seconds=given["expires_in"]) - TOKEN_MARGIN
        return self._token


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _reader_token() -> str:
    token = g.get("token", "") if has_app_context() else ""
    if not token:
        raise NoIdentificado
    return str(token)


def _error_of(answer: httpx.Response) -> DomainError:
    """The owner's refusal, as the error that it was there."""
    problem = _problem(answer)
    detail = str(problem.get("detail", ""))
    if answer.status_code == 422:
        errors = problem.get("errors")
        return DatosInvalidos(errors if isinstance(errors, Mapping) else {}, detail)
    kinds: Iterable[type[DomainError]] = (NoEncontrado, NoPermitido, NoIdentificado, Conflicto)
    for kind in kinds:
        if kind.status == answer.status_code:
            return kind(detail)
    error = DomainError(detail)
    error.status = answer.status_code
    return error


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    if "json" not in answer.headers.get("Content-Type", ""):
        return {}
    body = answer.json()
    return body if isinstance(body, Mapping) else {}
