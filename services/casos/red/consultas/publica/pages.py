"""Entrance: the page of an institution that is asked about its own services. Public on purpose: the
token is the key. Opening it changes nothing, its address holds no name, and search engines are told
to leave it alone.
"""

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.etiquetas import opciones
from casos.red.consultas import actions
from casos.red.consultas.actions import EnlaceCerrado
from casos.red.consultas.correccion import visibles
from casos.red.consultas.models import PreguntaRed
from casos.red.consultas.schemas import de_la_pagina, escrito
from casos.red.consultas.states import EstadoPregunta
from casos.red.etiquetas import DIAS
from casos.red.models import Capacidad
from oficina import clock
from oficina.errors import DatosInvalidos, NoEncontrado, TransicionInvalida
from oficina.web.app import env
from oficina.web.auth import public
from oficina.web.forms import Form
from oficina.web.limits import limited

bp = Blueprint("consulta_publica", __name__, url_prefix="/casos/red/consulta/enlace")


@bp.after_request
def keep_out(response: Response) -> Response:
    """No search engine, no cache."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.errorhandler(NoEncontrado)
def unknown(_error: NoEncontrado) -> ResponseReturnValue:
    """A token that nobody gave out, or a service that it does not open."""
    return render_template("casos/red/consultas/desconocido.html"), 404


@bp.errorhandler(EnlaceCerrado)
def closed(_error: EnlaceCerrado) -> ResponseReturnValue:
    """A token that was good once."""
    return render_template("casos/red/consultas/cerrado.html"), 410


@bp.get("/<token>")
@public
@limited("30/minute")
def abrir(token: str) -> str:
    """What is written of its services."""
    return _pagina(token)


@bp.post("/<token>/conformidad")
@public
@limited("30/minute")
def todo_conforme(token: str) -> ResponseReturnValue:
    """All that was not spoken of is well."""
    return _confirmar(token, None)


@bp.post("/<token>/servicios/<uuid:servicio_id>/conformidad")
@public
@limited("30/minute")
def conforme(token: str, servicio_id: UUID) -> ResponseReturnValue:
    """One service is well."""
    return _confirmar(token, servicio_id)


@bp.get("/<token>/servicios/<uuid:servicio_id>")
@public
@limited("30/minute")
def preguntar(token: str, servicio_id: UUID) -> ResponseReturnValue:
    """Ask what a service should say."""
    una = _pregunta(token, servicio_id)
    if una.estado is not EstadoPregunta.POR_CONTESTAR:
        return _ya_contestada(token)
    form = Form(de_la_pagina(una.servicio), escrito(una.servicio))
    return _formulario(form, una, token)


@bp.post("/<token>/servicios/<uuid:servicio_id>")
@public
@limited("30/minute")
def corregir(token: str, servicio_id: UUID) -> ResponseReturnValue:
    """Take what a service should say."""
    una = _pregunta(token, servicio_id)
    form = Form(de_la_pagina(una.servicio), escrito(una.servicio))
    if form.valid:
        try:
            with env().db.begin() as session:
                actions.corregir(session, token, servicio_id, form.data, clock.now())
        except DatosInvalidos as error:
            form.add_errors(error)
        except TransicionInvalida:
            return _ya_contestada(token)
        else:
            flash(_("Recibimos su corrección. La oficina la revisará. Muchas gracias."), "success")
            return redirect(url_for(".abrir", token=token), 303)
    return make_response(_formulario(form, una, token), 422)


def _confirmar(token: str, servicio_id: UUID | None) -> ResponseReturnValue:
    try:
        with env().db.begin() as session:
            actions.confirmar(session, token, servicio_id, clock.now())
    except TransicionInvalida:
        return _ya_contestada(token)
    flash(_("Recibimos su respuesta. Muchas gracias."), "success")
    return redirect(url_for(".abrir", token=token), 303)


def _pregunta(token: str, servicio_id: UUID) -> PreguntaRed:
    with env().db.begin() as session:
        consulta = actions.abrir(session, token)
    una = next((una for una in consulta.preguntas if una.servicio_id == servicio_id), None)
    if una is None:
        raise NoEncontrado
    return una


def _pagina(token: str, *, tarde: bool = False) -> str:
    with env().db.begin() as session:
        consulta = actions.abrir(session, token)
    return render_template(
        "casos/red/consultas/preguntas.html",
        consulta=consulta,
        token=token,
        tarde=tarde,
        escrito=escrito,
        visibles=visibles,
        dias=DIAS,
    )


def _ya_contestada(token: str) -> ResponseReturnValue:
    return make_response(_pagina(token, tarde=True), 409)


def _formulario(form: Form, una: PreguntaRed, token: str) -> str:
    return render_template(
        "casos/red/consultas/corregir.html",
        form=form,
        una=una,
        token=token,
        capacidades=opciones(Capacidad),
        anotados=visibles(una.servicio),
        dias=DIAS,
    )
