"""What the services tell each other, public: as a page for people, as AsyncAPI for programs."""

from flask import Blueprint, Response, jsonify, render_template

from oficina.bus.catalogue import asyncapi, descripcion
from oficina.web.auth import public

bp = Blueprint("eventos", __name__)


@bp.get("/eventos")
@public
def pagina() -> str:
    """What the services tell each other, to be read by people."""
    return render_template("identidad/eventos.html", eventos=descripcion())


@bp.get("/eventos/asyncapi.json")
@public
def document() -> Response:
    """The same, to be read by programs."""
    return jsonify(asyncapi())
