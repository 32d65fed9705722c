"""Writing over what one has read, and asking again only for what changed."""

import hashlib
import re
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from flask import Response, current_app, request
from flask_babel import get_locale
from werkzeug.sansio.response import Response as AnyResponse

from oficina.errors import VersionVencida
from oficina.web.auth import actor_or_none

R = TypeVar("R", bound=AnyResponse)

_NUMBER = re.compile("[0-9]{1,18}")


class Versioned(Protocol):
    """A thing that several people may edit."""

    version: Any


def check_version(thing: Versioned, version: int | None) -> None:
    """Raise VersionVencida unless the writer saw the present version.

    `version` comes from a form's hidden field; a request's If-Match counts as well. A writer who
    sends neither writes over whatever is there, which only the API may do.
    """
    seen = version if version is not None else if_match()
    if seen is not None and seen != thing.version:
        raise VersionVencida


def if_match() -> int | None:
    """The version in the request's If-Match, None without one; VersionVencida if it is not ours."""
    tags = request.if_match
    if not tags or tags.star_tag:
        return None
    for tag in tags.as_set():
        if _NUMBER.fullmatch(tag):
            return int(tag)
    raise VersionVencida


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
