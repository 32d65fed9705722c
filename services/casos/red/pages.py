"""Entrance: the pages of the directory of the network."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.etiquetas import etiqueta, opciones
from casos.red import actions, queries
from casos.red.models import Capacidad, EstadoServicio
from casos.red.schemas import EdicionServicioSchema
from casos.subtemas.presentes import temas_ofrecidos
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form
from oficina.web.i18n import language

bp = Blueprint("red_paginas", __name__, url_prefix="/casos/red")

POCOS = 3
"""So few services are shown unfolded."""


@bp.get("")
@requires("casos.red.ver")
def directorio() -> str:
    """The services of the network, by theme and words, some a page."""
    tema, texto = request.args.get("tema", ""), request.args.get("q", "")
    with env().db.read() as session:
        servicios = queries.servicios(session, tema=tema, texto=texto)
    return render_template(
        "casos/red/directorio.html",
        hoja=queries.hoja(servicios, request.args.get("pagina", 1, type=int)),
        pocos=POCOS,
        tema=tema,
        texto=texto,
        temas=temas_ofrecidos(language()),
        etiqueta=etiqueta,
    )


@bp.route("/servicios/<uuid:servicio_id>", methods=["GET", "POST"])
@requires("casos.red.editar")
def editar(servicio_id: UUID) -> ResponseReturnValue:
    """Keep a service up to date."""
    with env().db.read() as session:
        servicio = queries.servicio_por_id(session, servicio_id)
    form = Form(
        EdicionServicioSchema(),
        {
            "capacidad": servicio.capacidad.value,
            "estado": servicio.estado.value,
            "correo": servicio.institucion.correo,
            "telefono": servicio.institucion.telefono,
            "unidad": servicio.institucion.unidad or "",
            "version": servicio.version,
        },
    )
    if form.valid:
        with env().db.begin() as session:
            actions.editar(session, servicio_id, form.data, actor(), clock.today())
        flash(_("Guardamos los datos del servicio."), "success")
        return redirect(url_for("red_paginas.directorio", q=servicio.institucion.sigla), 303)
    page = render_template(
        "casos/red/editar.html",
        servicio=servicio,
        form=form,
        capacidades=opciones(Capacidad),
        estados=opciones(EstadoServicio),
    )
    return page, 422 if form.sent else 200
