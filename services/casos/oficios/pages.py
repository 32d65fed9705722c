"""Entrance: the officer's pages of a letter."""

from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from casos.oficios import actions
from casos.oficios.documento import PLANTILLA, documento
from casos.oficios.schemas import DocDigitalSchema
from oficina import clock
from oficina.membrete import Membrete
from oficina.pdf import hacer_pdf
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.files import as_file
from oficina.web.forms import Form

bp = Blueprint("oficios_paginas", __name__, url_prefix="/casos/derivaciones")


@bp.post("/<uuid:derivacion_id>/oficio")
@requires("casos.derivacion.crear")
def imprimir(derivacion_id: UUID) -> Response:
    """The letter, and its key on a sheet apart."""
    ahora = clock.now()
    with env().db.begin() as session:
        hecha = actions.imprimir(session, derivacion_id, env().settings.base_url, actor(), ahora)
    # Whoever prints it, its reader reads Spanish.
    with force_locale("es"):
        hecho = documento(hecha, Membrete.de(env().settings))
    pdf = hacer_pdf(PLANTILLA, hecho)
    respuesta: Response = current_app.response_class(pdf, mimetype="application/pdf")
    return as_file(respuesta, f"{hecha.oficio.numero}.pdf")


@bp.post("/<uuid:derivacion_id>/oficio/docdigital")
@requires("casos.derivacion.crear")
def docdigital(derivacion_id: UUID) -> ResponseReturnValue:
    """Write down the number that DocDigital gave."""
    form = Form(DocDigitalSchema())
    if form.valid:
        with env().db.begin() as session:
            actions.anotar_docdigital(session, derivacion_id, form.data["docdigital"], actor())
        flash(_("Anotamos el número de DocDigital."), "success")
    else:
        flash(" ".join(m for dicho in form.errors.values() for m in dicho), "danger")
    lugar = url_for("derivaciones_paginas.derivacion", derivacion_id=derivacion_id)
    return redirect(lugar, 303)
