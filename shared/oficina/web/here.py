"""What is asked now, for who needs more than one thing of it.

`flask.request` looks for the request each time that anything is asked of it, which takes longer
than what is asked.
"""

from typing import Any

from flask import Request, g, request

MAX_BODY = 20 * 1024 * 1024


class Asked(Request):
    """What is asked of a service."""

    # Flask looks for the application and its settings each time that a body is read.
    max_content_length: int | None = MAX_BODY


def this_request() -> Request:
    """The request that is being answered; RuntimeError outside of one."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]  # as Flask documents it
    return found


def this_g() -> Any:
    """What is kept while it is answered, as `flask.g`; RuntimeError outside of an application."""
    return g._get_current_object()
