"""Entrance: whoever stops messages from within a mail. Public on purpose: the token is the key.

Opening it changes nothing: readers of mail open links. A program of a mail service stops with one
request and nothing else (RFC 8058); a person sees what there is to choose. Whoever comes with a
token of ours is never turned away for what others did from the same network.
"""

from http import HTTPStatus

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from notificaciones.bajas import actions, enlaces
from notificaciones.bajas.enlaces import Enlace
from notificaciones.bajas.textos import textos, todos
from notificaciones.plantillas.catalogo import base, idiomas
from oficina.web import limits
from oficina.web.app import env
from oficina.web.auth import public

bp = Blueprint("baja_por_enlace", __name__, url_prefix=enlaces.RUTA)

POR_ENLACE = "30/minute"
AJENOS = "30/minute"
"""Tokens that are not ours, from one address."""


@bp.after_request
def keep_out(response: Response) -> Response:
    """No search engine, no cache."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/<token>")
@public
def preguntar(token: str) -> ResponseReturnValue:
    """What can be stopped, and a button."""
    enlace = _read(token)
    if enlace is None:
        return _unknown()
    return _page("enlace", enlace)


@bp.post("/<token>")
@public
def detener(token: str) -> ResponseReturnValue:
    """Stop it; again changes nothing."""
    enlace = _read(token)
    if enlace is None:
        return _unknown()
    todo = request.form.get("que") == "todo"
    with env().db.begin() as session:
        actions.dar_de_baja_por_enlace(session, enlace, todo=todo)
    return _page("enlace_hecho", enlace, todo=todo)


def _read(token: str) -> Enlace | None:
    enlace = enlaces.leer(token)
    if enlace is None:
        limits.spend(AJENOS, "baja", limits.remote_address())
    else:
        limits.spend(POR_ENLACE, "baja", enlace.indice)
    return enlace


def _unknown() -> ResponseReturnValue:
    page = render_template(
        "notificaciones/bajas/enlace_desconocido.html", **_words(request.args.get("idioma", base()))
    )
    return page, HTTPStatus.NOT_FOUND


def _page(name: str, enlace: Enlace, *, todo: bool = False) -> str:
    words = _words(request.args.get("idioma", enlace.idioma))
    return render_template(
        f"notificaciones/bajas/{name}.html", tema=enlace.tema, todo=todo, **words
    )


def _words(idioma: str) -> dict[str, object]:
    return {
        "textos": textos(idioma),
        "lenguas": [(clave, idiomas()[clave].nombre) for clave in todos()],
    }
