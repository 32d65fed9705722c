"""Entrance: migratory status, on a page of its own whose every reading is noted as such."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.alcance import Alcance
from casos.etiquetas import opciones
from casos.personas.queries import persona_por_id
from casos.presentacion import idioma_del_lector
from casos.situaciones import actions, queries
from casos.situaciones.catalogo import categoria, categorias
from casos.situaciones.models import FuenteSituacion
from casos.situaciones.schemas import NuevaSituacionSchema
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form

bp = Blueprint("situaciones_paginas", __name__, url_prefix="/casos")


@bp.route("/personas/<uuid:persona_id>/situacion", methods=["GET", "POST"])
@requires("casos.situacion.ver")
def ver(persona_id: UUID) -> ResponseReturnValue:
    """What was told, and writing down what the person chooses to tell now."""
    form = Form(NuevaSituacionSchema())
    if form.valid:
        with env().db.begin() as session:
            actions.registrar(session, persona_id, form.data, actor(), clock.now())
        flash(_("Se anotó la situación migratoria."), "success")
        return redirect(url_for(".ver", persona_id=persona_id), 303)
    with env().db.read() as session:
        queries.exigir_legible(session, persona_id, Alcance.de(actor()))
        persona = persona_por_id(session, persona_id, Alcance.de(actor()))
        dichas = queries.situaciones(session, persona_id)
    registrar_lectura(env().db, actor(), "casos.situacion.ver", "persona", persona_id)
    idioma = idioma_del_lector()
    page = render_template(
        "casos/situaciones/ver.html",
        form=form,
        persona=persona,
        situaciones=dichas,
        categorias=categorias(idioma),
        nombre_de_categoria=lambda codigo: categoria(codigo, idioma),
        fuentes=opciones(FuenteSituacion),
    )
    return page, 422 if form.sent else 200
