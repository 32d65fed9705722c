"""Entrance: the page of a person who is asked about their derivation. Public on purpose: the token
is the key. Opening it changes nothing, and it names nobody.
"""

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from casos.confirmaciones import actions
from casos.confirmaciones.actions import Palabra
from casos.confirmaciones.textos import en_cada_uno
from oficina import clock
from oficina.errors import Conflicto, NoEncontrado
from oficina.web.app import env
from oficina.web.auth import public
from oficina.web.limits import limited

bp = Blueprint("confirmacion", __name__, url_prefix="/casos/confirmacion/enlace")

PALABRAS = "any({})".format(", ".join(f'"{p}"' for p in Palabra))


@bp.after_request
def keep_out(response: Response) -> Response:
    """No search engine, no cache."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.errorhandler(NoEncontrado)
def unknown(_error: NoEncontrado) -> ResponseReturnValue:
    """A token that nobody gave out."""
    page = render_template("casos/confirmaciones/desconocido.html", en_cada_uno=en_cada_uno())
    return page, 404


@bp.get("/<token>")
@public
@limited("30/minute")
def preguntar(token: str) -> str:
    """Ask."""
    with env().db.begin() as session:
        pregunta = actions.abrir(session, token)
    return render_template("casos/confirmaciones/pregunta.html", pregunta=pregunta, token=token)


@bp.post(f"/<token>/<{PALABRAS}:palabra>")
@public
@limited("30/minute")
def contestar(token: str, palabra: str) -> ResponseReturnValue:
    """Take the answer."""
    try:
        with env().db.begin() as session:
            actions.contestar(session, token, Palabra(palabra), clock.now())
    except Conflicto:
        with env().db.begin() as session:
            pregunta = actions.abrir(session, token)
        page = render_template("casos/confirmaciones/pregunta.html", pregunta=pregunta, token=token)
        return page, 409
    return redirect(url_for(".gracias", token=token), 303)


@bp.get("/<token>/gracias")
@public
@limited("30/minute")
def gracias(token: str) -> str:
    """Thank whoever answered."""
    with env().db.begin() as session:
        pregunta = actions.abrir(session, token)
    return render_template("casos/confirmaciones/gracias.html", pregunta=pregunta)
