"""Entrance: that somebody died, on a page, and taking it back."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.alcance import Alcance
from casos.defunciones import actions, queries
from casos.defunciones.models import FuenteDefuncion
from casos.defunciones.schemas import AnulacionDePaginaSchema, NuevaDefuncionSchema
from casos.etiquetas import opciones
from casos.personas.queries import persona_por_id
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import Conflicto, DatosInvalidos, TransicionInvalida, VersionVencida
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form

bp = Blueprint("defunciones_paginas", __name__, url_prefix="/casos")


@bp.route("/personas/<uuid:persona_id>/defuncion", methods=["GET", "POST"])
@requires("casos.persona.registrar")
def registrar(persona_id: UUID) -> ResponseReturnValue:
    """What was told, and telling it."""
    form = Form(NuevaDefuncionSchema())
    if form.valid:
        try:
            with env().db.begin() as session:
                actions.registrar(session, persona_id, form.data, actor(), clock.now())
        except DatosInvalidos as error:
            form.add_errors(error)
        except Conflicto as error:
            form.add_error("", error.detail)
        else:
            flash(_("Quedó anotado: la oficina no le escribe ni la llama más."), "success")
            return redirect(url_for("personas.ver", persona_id=persona_id), 303)
    with env().db.read() as session:
        persona = persona_por_id(session, persona_id, Alcance.de(actor()))
        dichas = queries.de_persona(session, persona_id)
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona_id)
    page = render_template(
        "casos/defunciones/ver.html",
        form=form,
        persona=persona,
        dichas=dichas,
        vigentes=[una for una in dichas if una.vigente],
        fuentes=opciones(FuenteDefuncion),
    )
    return page, 422 if form.sent else 200


@bp.route("/defunciones/<uuid:defuncion_id>/anular", methods=["GET", "POST"])
@requires("casos.persona.registrar")
def anular(defuncion_id: UUID) -> ResponseReturnValue:
    """Why it was a mistake."""
    form = Form(AnulacionDePaginaSchema())
    if form.valid:
        datos = form.data
        try:
            with env().db.begin() as session:
                hecha = actions.anular(
                    session,
                    defuncion_id,
                    datos["motivo"],
                    datos["version"],
                    actor(),
                    clock.now(),
                )
        except (VersionVencida, TransicionInvalida):
            form.add_error("", _("Otra persona la anuló antes."))
        else:
            flash(_("Se anuló: se le puede escribir de nuevo."), "success")
            return redirect(url_for("personas.ver", persona_id=hecha.persona_id), 303)
    with env().db.read() as session:
        una = queries.defuncion_por_id(session, defuncion_id, Alcance.de(actor()))
        persona = persona_por_id(session, una.persona_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona.id)
    page = render_template("casos/defunciones/anular.html", form=form, persona=persona, una=una)
    return page, 422 if form.sent else 200
