"""Entrance: who represents somebody, from the page of their family."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema

from casos.alcance import Alcance
from casos.personas.queries import persona_por_id
from casos.presentacion import idioma_del_lector
from casos.representantes import actions, queries
from casos.representantes.actions import NuevoRepresentante
from casos.representantes.catalogo import catalogo
from casos.vinculos.pages import (
    REPRESENTANTE,
    agregar_errores,
    con_ficha,
    formulario,
    pagina,
)
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import Conflicto, DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form

bp = Blueprint("representantes_paginas", __name__, url_prefix="/casos")


@bp.post("/personas/<uuid:persona_id>/representantes")
@requires("casos.persona.registrar")
def anotar(persona_id: UUID) -> ResponseReturnValue:
    """Write down who represents somebody."""
    form = formulario(REPRESENTANTE)
    if form.valid and (datos := con_ficha(form, REPRESENTANTE)) is not None:
        nuevo = NuevoRepresentante(**datos)
        try:
            with env().db.begin() as session:
                actions.anotar(session, persona_id, nuevo, actor(), clock.now())
        except DatosInvalidos as error:
            agregar_errores(form, REPRESENTANTE, error)
        else:
            flash(_("Se anotó quién la representa."), "success")
            return redirect(url_for("familia_paginas.ver", persona_id=persona_id), 303)
    return pagina(persona_id, representante=form), 422


@bp.route("/representantes/<uuid:representante_id>/terminar", methods=["GET", "POST"])
@requires("casos.persona.registrar")
def terminar(representante_id: UUID) -> ResponseReturnValue:
    """That they represent them no more."""
    form = Form(Schema())
    if form.valid:
        try:
            with env().db.begin() as session:
                uno = actions.terminar(session, representante_id, actor(), clock.now())
        except Conflicto as error:
            form.add_error("", error.detail)
        else:
            flash(_("Quedó anotado."), "success")
            return redirect(url_for("familia_paginas.ver", persona_id=uno.persona_id), 303)
    alcance = Alcance.de(actor())
    with env().db.read() as session:
        uno = queries.representante_por_id(session, representante_id, alcance)
        persona = persona_por_id(session, uno.persona_id, alcance)
        vistos = queries.de_persona(session, persona.id, alcance, clock.today())
    registrar_lectura(env().db, actor(), "casos.representante.ver", "persona", persona.id)
    page = render_template(
        "casos/familia/terminar_representante.html",
        form=form,
        persona=persona,
        uno=next(visto for visto in vistos if visto.representante.id == uno.id),
        derecho=lambda codigo: catalogo().tipo(codigo, idioma_del_lector()),
    )
    return page, 422 if form.sent else 200
