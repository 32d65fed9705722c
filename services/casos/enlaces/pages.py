"""Entrance: the page of an institution without an account. Public on purpose: the token is the key.

Opening it changes nothing. Its address holds no name, search engines are told to leave it alone,
and whoever answers for the second time reads what was already answered.
"""

from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.derivaciones.respuestas import Respuesta
from casos.derivaciones.schemas import DatosRespuesta, RespuestaSchema
from casos.derivaciones.states import ACCIONES_DE_INSTITUCION, Accion
from casos.enlaces import actions, presentacion
from casos.enlaces.actions import ClaveNecesaria, EnlaceVencido, VistaEnlace
from casos.enlaces.schemas import ClaveSchema
from oficina import clock
from oficina.errors import Conflicto, DatosInvalidos, NoEncontrado, TransicionInvalida
from oficina.web.app import env
from oficina.web.auth import public
from oficina.web.forms import Form
from oficina.web.limits import limited

bp = Blueprint("enlace_paginas", __name__, url_prefix="/casos/enlace")

PASO = "acogida_paso"
"""The cookie of who said the key of a printed link; it goes to that link alone."""

ACCIONES = "any({})".format(", ".join(f'"{a}"' for a in sorted(ACCIONES_DE_INSTITUCION)))


@bp.after_request
def keep_out(response: Response) -> Response:
    """No search engine, no cache."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.errorhandler(NoEncontrado)
def unknown(_error: NoEncontrado) -> ResponseReturnValue:
    """A token that nobody gave out."""
    return render_template("casos/enlaces/desconocido.html"), 404


@bp.errorhandler(EnlaceVencido)
def expired(_error: EnlaceVencido) -> ResponseReturnValue:
    """A token that was good once."""
    return render_template("casos/enlaces/vencido.html"), 410


@bp.errorhandler(ClaveNecesaria)
def locked(_error: ClaveNecesaria) -> ResponseReturnValue:
    """A printed link: whoever has its key goes on."""
    token = str((request.view_args or {})["token"])
    form = Form(ClaveSchema(), sent=False)
    # Nothing is wrong with opening it.
    return _puerta(form, token), 200 if request.method == "GET" else ClaveNecesaria.status


@bp.post("/<token>/clave")
@public
@limited("10/minute")
def clave(token: str) -> ResponseReturnValue:
    """Take the key of a printed link."""
    form = Form(ClaveSchema())
    if form.valid:
        with env().db.begin() as session:
            paso = actions.probar_clave(session, token, form.data["clave"])
        if paso is not None:
            return _con_paso(redirect(url_for(".abrir", token=token), 303), token, paso)
        form.add_error("clave", _("Esa no es la clave de este enlace."))
    return _puerta(form, token), 422


@bp.get("/<token>")
@public
@limited("30/minute")
def abrir(token: str) -> str:
    """What is shared, and what can be answered."""
    with env().db.begin() as session:
        vista = actions.vista(session, actions.abrir(session, token, _paso()))
    return _pagina(vista, token)


@bp.get(f"/<token>/<{ACCIONES}:accion>")
@public
@limited("30/minute")
def preguntar(token: str, accion: str) -> ResponseReturnValue:
    """Ask for the reason or the result of an answer."""
    pedida = Accion(accion)
    with env().db.begin() as session:
        vista = actions.vista(session, actions.leer(session, token, _paso()))
    if pedida not in vista.acciones:
        return _ya_respondida(vista, token)
    return _formulario(Form(RespuestaSchema()), vista, token, pedida)


@bp.post(f"/<token>/<{ACCIONES}:accion>")
@public
@limited("30/minute")
def responder(token: str, accion: str) -> ResponseReturnValue:
    """Take the answer."""
    pedida = Accion(accion)
    form = Form(RespuestaSchema())
    if form.valid:
        try:
            _responder(token, pedida, form.data)
        except DatosInvalidos as error:
            form.add_errors(error)
        except (TransicionInvalida, Conflicto):
            with env().db.begin() as session:
                vista = actions.vista(session, actions.leer(session, token, _paso()))
            return _ya_respondida(vista, token, form)
        else:
            flash(_("Recibimos su respuesta. Muchas gracias."), "success")
            return redirect(url_for(".abrir", token=token), 303)
    with env().db.begin() as session:
        vista = actions.vista(session, actions.leer(session, token, _paso()))
    return _formulario(form, vista, token, pedida), 422


def _responder(token: str, accion: Accion, datos: DatosRespuesta) -> None:
    respuesta = Respuesta(accion=accion, motivo=datos.motivo, texto=datos.texto)
    with env().db.begin() as session:
        actions.responder_por_enlace(session, token, respuesta, clock.now(), _paso())


def _puerta(form: Form, token: str) -> str:
    return render_template("casos/enlaces/clave.html", form=form, token=token)


def _paso() -> str | None:
    return request.cookies.get(PASO)


def _con_paso(response: Any, token: str, paso: str) -> Response:
    """The browser keeps the pass for this link, until it closes."""
    answer = make_response(response)
    answer.set_cookie(
        PASO,
        paso,
        path=url_for(".abrir", token=token),
        secure=env().settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _pagina(vista: VistaEnlace, token: str) -> str:
    return presentacion.pagina(vista, **_marco(token))


def _formulario(form: Form, vista: VistaEnlace, token: str, accion: Accion) -> str:
    return presentacion.formulario(form, vista, accion, **_marco(token))


def _ya_respondida(vista: VistaEnlace, token: str, form: Form | None = None) -> ResponseReturnValue:
    return make_response(presentacion.ya_respondida(vista, form, **_marco(token)), 409)


def _marco(token: str) -> dict[str, str]:
    return {"marco": "casos/enlaces/_base.html", "direccion": url_for(".abrir", token=token)}
