"""What the machines that watch over us ask: alive, ready, and the figures."""

from collections.abc import Callable

from flask import Blueprint, Flask, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from oficina.bus.metrics import observe
from oficina.db import Database
from oficina.migrations import is_current
from oficina.web.auth import public

bp = Blueprint("health", __name__)

Check = Callable[[], bool]


def init_app(app: Flask, db: Database) -> None:
    """Register the three addresses; `app.extensions["readiness"]` takes further named checks."""

    def tables() -> bool:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return is_current(app.name, db)

    checks: dict[str, Check] = {"base_de_datos": tables}
    app.extensions["readiness"] = checks
    observe(app.name, db)
    app.register_blueprint(bp)


@bp.get("/healthz")
@public
def healthz() -> Response:
    """The process answers."""
    return current_app.response_class("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Everything that a request needs answers; 503 names what does not."""
    checks: dict[str, Check] = current_app.extensions["readiness"]
    results = {name: _passes(check) for name, check in checks.items()}
    body = {"servicio": current_app.name, "listo": all(results.values()), "partes": results}
    return jsonify(body), 200 if body["listo"] else 503


@bp.get("/metrics")
@public
def metrics() -> Response:
    """Prometheus."""
    return current_app.response_class(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _passes(check: Check) -> bool:
    try:
        return check()
    except (SQLAlchemyError, OSError):
        return False
