"""Who asks, and whether they may: settled before anything of the request is read.

A person carries the cookie `acogida`, a client or a service a Bearer token. A cookie older than 50
seconds is renewed at identidad, which knows whether the session still stands: a session that was
ended stops working everywhere within a minute, and a form is never lost because a token grew old.

Each view says who may enter, `@requires("casos.persona.ver")` or `@public`; one that does not
cannot be registered. Permissions are a table from permission to roles, in each service.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from flask import Flask, Response, current_app, g
from werkzeug.wrappers import Response as BaseResponse

from oficina.actor import Actor
from oficina.clock import real_now
from oficina.errors import NoIdentificado, NoPermitido
from oficina.web.client import ServiceClient, ServicioNoDisponible
from oficina.web.here import this_g, this_request
from oficina.web.tokens import Credencial, TokenInvalido, Verificador

__all__ = ["Actor", "actor", "actor_or_none", "public", "puede", "requires"]

COOKIE = "acogida"
RENEW_AFTER = timedelta(seconds=50)

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Acceso:
    """The mark of a view: the permission that it asks for, or None when it is public.

    Unless it is `scoped`, the scopes of a program do not narrow it.
    """

    permiso: str | None
    scoped: bool = True


class Identidad(Protocol):
    """What a service asks of identidad."""

    def jwks(self) -> Mapping[str, Any]:
        """The public keys."""

    def renovar(self, token: str) -> str | None:
        """A fresh token for a standing session, None when it has ended."""


class IdentidadRemota:
    """identidad, asked over its API."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def jwks(self) -> Mapping[str, Any]:
        """The public keys; ServicioNoDisponible when identidad does not answer."""
        keys = self._client.send("GET", "identidad", "/identidad/.well-known/jwks.json").json()
        return dict(keys)

    def renovar(self, token: str) -> str | None:
        """A fresh token for a standing session; ServicioNoDisponible when nobody answers."""
        path = "/identidad/api/v1/sesiones/renovacion"
        headers = {"Cookie": f"{COOKIE}={token}"}
        answer = self._client.send("POST", "identidad", path, headers=headers)
        return str(answer.json()["token"]) if answer.status_code == 200 else None


def requires(permiso: str, *, scoped: bool = True) -> Callable[[View], View]:
    """Mark a view as open to the roles that `permiso` names in the service's table.

    `scoped=False` is for what a program asks about its own token, whatever it is for.
    """
    return _marked(Acceso(permiso, scoped))


def public(view: View) -> View:
    """Mark a view as open to everybody, on purpose."""
    return _marked(Acceso(None))(view)


def _marked(acceso: Acceso) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__acceso__ = acceso  # type: ignore[attr-defined]  # the mark travels with the function
        return view

    return mark


def access_of(view: Any) -> Acceso | None:
    """The mark of a view, None when nobody said."""
    found = getattr(view, "__acceso__", None)
    return found if isinstance(found, Acceso) else None


def actor() -> Actor:
    """Who asks in this request; NoIdentificado on a public page that nobody signed in to."""
    found = actor_or_none()
    if found is None:
        raise NoIdentificado
    return found


def actor_or_none() -> Actor | None:
    """Who asks in this request, or None."""
    found: Actor | None = this_g().get("actor")
    return found


def puede(permiso: str) -> bool:
    """Whether the reader of this page holds a permission of this service."""
    found = actor_or_none()
    return found is not None and found.tiene(permiso, _guard().permisos[permiso])


class Guard:
    """Authentication and authorisation of one service. `reloj` is the machine's clock."""

    def __init__(
        self,
        permisos: Mapping[str, frozenset[str]],
        identidad: Identidad,
        *,
        secure_cookies: bool,
        reloj: Callable[[], datetime] = real_now,
    ) -> None:
        self.permisos = permisos
        self.reloj = reloj
        self._identidad = identidad
        self._verificador = Verificador(identidad.jwks)
        self._secure = secure_cookies

    def init_app(self, app: Flask) -> None:
        """Stand before every request of `app`."""
        app.extensions["guard"] = self
        self._views = app.view_functions
        app.before_request(self._enter)
        app.after_request(self._refresh_cookie)
        app.jinja_env.globals["puede"] = puede
        app.jinja_env.globals["actor_actual"] = actor_or_none

    def _enter(self) -> None:
        asked = this_request()
        endpoint = asked.endpoint or ""
        if endpoint.rpartition(".")[2] == "static":
            return
        # An address that is not there is open: the page that says so knows its reader.
        acceso = access_of(self._views.get(endpoint)) or Acceso(None)
        authorization = asked.authorization
        if authorization is not None and authorization.type == "bearer":
            self._accept_bearer(authorization.token or "")
        elif cookie := asked.cookies.get(COOKIE):
            self._accept_cookie(cookie, needed=acceso.permiso is not None)
        self._authorise(acceso)

    def _authorise(self, acceso: Acceso) -> None:
        if acceso.permiso is None:
            return
        quien = actor() if acceso.scoped else replace(actor(), alcances=None)
        if not quien.tiene(acceso.permiso, self.permisos[acceso.permiso]):
            raise NoPermitido

    def _accept_bearer(self, token: str) -> None:
        ahora = self.reloj()
        try:
            credencial = self._verificador.leer(token, ahora)
        except TokenInvalido as error:
            raise NoIdentificado from error
        if credencial.expira_en <= ahora:
            raise NoIdentificado
        try:
            # A person's token, passed on by a service, ends with the session as the cookie does; a
            # program's with its secret. Both may do what they may now, not what they might then.
            renewed = self._renewed(token, credencial)
            if renewed != token:
                token, credencial = renewed, self._verificador.leer(renewed, self.reloj())
        except TokenInvalido as error:
            raise NoIdentificado from error
        self._remember(credencial, token)

    def _accept_cookie(self, cookie: str, *, needed: bool) -> None:
        try:
            credencial = self._verificador.leer(cookie, self.reloj())
            token = self._renewed(cookie, credencial)
            if token != cookie:
                g.new_token = token
                credencial = self._verificador.leer(token, self.reloj())
        except TokenInvalido:
            g.session_over = True
            return
        except ServicioNoDisponible:
            if needed:
                raise
            return
        self._remember(credencial, token)

    def _renewed(self, held: str, credencial: Credencial) -> str:
        """The token while it is fresh or of no session, else identidad's answer.

        Raises TokenInvalido when the session has ended; ServicioNoDisponible when identidad does
        not answer and the token has expired (until then it stays good).
        """
        fresh = self.reloj() - credencial.emitida_en <= RENEW_AFTER
        if fresh or credencial.sesion_id is None:
            return held
        try:
            token = self._identidad.renovar(held)
        except ServicioNoDisponible:
            if credencial.expira_en <= self.reloj():
                raise
            return held
        if token is None:
            raise TokenInvalido
        return token

    def _remember(self, credencial: Credencial, token: str) -> None:
        here = this_g()
        here.actor = credencial.actor
        here.credencial = credencial
        here.cuenta.sesion_id = credencial.sesion_id
        here.token = token

    def _refresh_cookie(self, response: Response) -> Response:
        """Unless the view has just given or taken the cookie."""
        here = this_g()
        if token := here.get("new_token"):
            self.set_cookie(response, token)
        elif here.get("session_over"):
            self.drop_cookie(response)
        return response

    def set_cookie(self, response: BaseResponse, token: str) -> None:
        """Give the person's browser the token; it forgets it when it closes."""
        g.pop("session_over", None)
        g.pop("new_token", None)
        response.set_cookie(
            COOKIE, token, secure=self._secure, httponly=True, samesite="Lax", path="/"
        )

    def drop_cookie(self, response: BaseResponse) -> None:
        """Make the person's browser forget the token."""
        g.pop("session_over", None)
        g.pop("new_token", None)
        response.delete_cookie(COOKIE, secure=self._secure, httponly=True, samesite="Lax", path="/")


def _guard() -> Guard:
    guard: Guard = current_app.extensions["guard"]
    return guard


def guard() -> Guard:
    """The guard of the current service."""
    return _guard()
