"""How often the same somebody may try: for sign-in and for pages that anybody can reach.

Counted in Redis when there is one, in the process otherwise. A counter that cannot be reached lets
people in: what it guards is guarded by more than the counter.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, request
from limits import parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from oficina import telemetry
from oficina.clock import real_now
from oficina.errors import Demasiado
from oficina.settings import Settings

# A counter that does not answer within a second is away.
REDIS_OPTIONS: dict[str, str | int] = {
    "wrap_exceptions": True,
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
}

P = ParamSpec("P")
R = TypeVar("R")

log = telemetry.get_logger("oficina.web")


def init_app(app: Flask, settings: Settings) -> None:
    """Give `app` its counters."""
    options = REDIS_OPTIONS if settings.redis_url else {}
    storage = storage_from_string(settings.redis_url or "memory://", **options)
    app.extensions["counters"] = MovingWindowRateLimiter(storage)


def remote_address() -> str:
    """Whence the request comes, as the trusted proxy says it."""
    return request.remote_addr or "127.0.0.1"


def limited(limit: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator: at most `limit` ("20/minute") calls of this view from one address, else 429."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            spend(limit, request.endpoint or "", remote_address())
            return view(*args, **kwargs)

        return guarded

    return decorate


def spend(limit: str, *key: str) -> None:
    """Count one try for `key`; raises Demasiado, with the seconds to wait, when it was too many."""
    _ask(current_app.extensions["counters"].hit, limit, key)


def check(limit: str, *key: str) -> None:
    """Raise Demasiado when the tries of `key` are used up; counts none itself."""
    _ask(current_app.extensions["counters"].test, limit, key)


def forget(limit: str, *key: str) -> None:
    """Give `key` all its tries back: whoever tried has shown that they may."""
    try:
        current_app.extensions["counters"].clear(parse(limit), current_app.name, *key)
    except StorageError:
        log.warning("contador_no_disponible", servicio=current_app.name)


def _ask(question: Callable[..., bool], limit: str, key: tuple[str, ...]) -> None:
    item = parse(limit)
    try:
        if question(item, current_app.name, *key):
            return
        stats = current_app.extensions["counters"].get_window_stats(item, current_app.name, *key)
    except StorageError:
        log.warning("contador_no_disponible", servicio=current_app.name)
        return
    raise Demasiado(retry_after=max(1, round(stats.reset_time - real_now().timestamp())))
