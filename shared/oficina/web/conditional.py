"""Writing over what one has read, and asking again only for what changed.

A view of the API that is `@versioned` gives the version of its thing as ETag; one that changes the
thing asks for that version in If-Match: 428 without one, 412 when somebody was faster. What creates
something, and what only adds to what is never rewritten, asks for none. A form carries the version
as a hidden field; one without it changes nothing either.
"""

import hashlib
import re
from collections.abc import Callable, Collection
from typing import Any, Protocol, TypeVar

from flask import Flask, Request, Response, current_app, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.sansio.response import Response as AnyResponse

from oficina.errors import VersionSinIndicar, VersionVencida
from oficina.web.auth import actor_or_none
from oficina.web.csrf import SAFE_METHODS
from oficina.web.here import this_request

R = TypeVar("R", bound=AnyResponse)
View = TypeVar("View", bound=Callable[..., Any])

_NUMBER = re.compile("[0-9]{1,18}")


class SinVersion(Exception):
    """A view that is `@versioned` answered without the version of its thing."""


def versioned(view: View) -> View:
    """Mark a view of the API whose thing has a version; stands beside `@requires`."""
    view.__versioned__ = True  # type: ignore[attr-defined]  # the mark travels with the function
    return view


def is_versioned(view: Any) -> bool:
    """Whether a view is marked."""
    return getattr(view, "__versioned__", False)


def init_app(app: Flask) -> None:
    """Hold every marked view of `app` to it."""

    @app.before_request
    def ask() -> None:
        asked = this_request()
        if _marked(app, asked) and asked.method not in SAFE_METHODS and not asked.if_match:
            raise VersionSinIndicar(
                _("Lea lo que quiere cambiar y envíe su ETag en el encabezado If-Match.")
            )

    @app.after_request
    def tell(response: Response) -> Response:
        asked = this_request()
        if _marked(app, asked) and response.status_code < 300 and "ETag" not in response.headers:
            raise SinVersion(asked.endpoint)
        return response


def _marked(app: Flask, asked: Request) -> bool:
    return is_versioned(app.view_functions.get(asked.endpoint or ""))


class Versioned(Protocol):
    """A thing that several people may edit."""

    @property
    def version(self) -> Any:
        """Which one somebody reads."""


def check_version(thing: Versioned, version: int | None) -> None:
    """Raise VersionVencida unless the writer saw the present version, VersionSinIndicar if they do
    not say which one they saw. The former says how the thing stands (`estado_actual`,
    `transiciones_permitidas`, `version`): it is checked of what its writer may read.

    `version` comes from a form's hidden field, or else from the request's If-Match. What the office
    does by itself, on nobody's request to change something, says none.
    """
    # A version that is given needs no request: an action is called without one too.
    if version is None and request.method not in SAFE_METHODS and not request.if_match:
        raise VersionSinIndicar(_("Abra la página de nuevo y envíe el formulario desde ella."))
    seen = version if version is not None else if_match()
    if seen is not None and seen != thing.version:
        raise VersionVencida(**_present(thing))


def _present(thing: Versioned) -> dict[str, Any]:
    """What who was too late is told: which version it has now and, of what has states, in which one
    it is and which steps that one admits.
    """
    told: dict[str, Any] = {"version": thing.version}
    steps = getattr(thing, "acciones", None)
    # What depends on the hour is no property: nobody is told of it here.
    if isinstance(steps, Collection):
        told |= {
            "estado_actual": getattr(thing, "estado", ""),
            "transiciones_permitidas": sorted(steps),
        }
    return told


def form_version() -> int | None:
    """The version in the hidden field of the form that was sent, for a form of buttons alone."""
    return request.form.get("version", type=int)


def if_match() -> int | None:
    """The version in the request's If-Match; VersionVencida if it is not ours.

    None without one, and for `*`, with which a program says that it writes over whatever is there.
    """
    tags = request.if_match
    if not tags or tags.star_tag:
        return None
    for tag in tags.as_set():
        if tag is not None and _NUMBER.fullmatch(tag):
            return int(tag)
    raise VersionVencida


def etag_of(thing: Versioned) -> dict[str, str]:
    """The header with which the reader of an answer may write."""
    return {"ETag": f'"{thing.version}"'}


def set_version(response: R, thing: Versioned) -> R:
    """Give the answer the ETag with which its reader may write."""
    response.set_etag(str(thing.version))
    return response


def vivo(etag_source: str, render: Callable[[], str]) -> Response:
    """A fragment that a page asks for again and again: 304 while `etag_source` is the same."""
    digest = marca_viva(etag_source)
    if request.if_none_match.contains_weak(digest):
        response = current_app.response_class(status=304)
    else:
        response = current_app.response_class(render())
    response.set_etag(digest)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def marca_viva(etag_source: str) -> str:
    """The tag of a fragment, which a page that already holds it gives as `data-etag`.

    It also holds who reads and in which language, so that nobody is told that nothing changed about
    somebody else's view.
    """
    reader = actor_or_none()
    seen_by = f"{reader.id}:{','.join(sorted(reader.roles))}" if reader else ""
    return hashlib.sha256(f"{etag_source}|{seen_by}|{get_locale()}".encode()).hexdigest()[:32]
