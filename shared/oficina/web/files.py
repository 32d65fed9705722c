"""Answers that are files: to keep, by their own name, and in no cache on the way."""

from flask import Response


def as_file(response: Response, name: str) -> Response:
    """Make an answer a file called `name` (ASCII, no quotes), which nobody opens in the page."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
