"""Pages of the units, for the administrator."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from identidad.unidades import actions, queries
from identidad.unidades.schemas import EdicionUnidadSchema, NuevaUnidadSchema
from oficina.errors import DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.conditional import form_version
from oficina.web.forms import Form

bp = Blueprint("unidades_paginas", __name__, url_prefix="/identidad/unidades")


@bp.get("")
@requires("identidad.unidad.administrar")
def lista() -> str:
    """Every unit, the active ones first."""
    with env().db.read() as session:
        todas = queries.unidades(session, todas=True)
    return render_template("identidad/unidades/lista.html", unidades=todas)


@bp.route("/nueva", methods=["GET", "POST"])
@requires("identidad.unidad.administrar")
def nueva() -> ResponseReturnValue:
    """Add a unit."""
    form = Form(NuevaUnidadSchema())
    if form.valid:
        try:
            with env().db.begin() as session:
                actions.crear_unidad(session, form.data, actor())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("La unidad está en la lista."), "success")
            return redirect(url_for(".lista"), 303)
    page = render_template("identidad/unidades/nueva.html", form=form)
    return page, 422 if form.sent else 200


@bp.route("/<uuid:unidad_id>", methods=["GET", "POST"])
@requires("identidad.unidad.administrar")
def unidad(unidad_id: UUID) -> ResponseReturnValue:
    """One unit: its name, who is in it, who answers for it."""
    with env().db.read() as session:
        una = queries.unidad_con_personas(session, unidad_id)
    form = Form(EdicionUnidadSchema(), {"nombre": una.unidad.nombre, "version": una.unidad.version})
    if form.valid:
        with env().db.begin() as session:
            actions.editar_unidad(session, unidad_id, form.data, actor())
        flash(_("Guardamos el nombre de la unidad."), "success")
        return redirect(url_for(".unidad", unidad_id=unidad_id), 303)
    page = render_template("identidad/unidades/unidad.html", una=una, form=form)
    return page, 422 if form.sent else 200


@bp.post("/<uuid:unidad_id>/cerrar")
@requires("identidad.unidad.administrar")
def cerrar(unidad_id: UUID) -> ResponseReturnValue:
    """Close a unit."""
    with env().db.begin() as session:
        actions.cerrar_unidad(session, unidad_id, actor(), form_version())
    flash(_("La unidad está cerrada: ya no se puede elegir."), "success")
    return redirect(url_for(".unidad", unidad_id=unidad_id), 303)


@bp.post("/<uuid:unidad_id>/abrir")
@requires("identidad.unidad.administrar")
def abrir(unidad_id: UUID) -> ResponseReturnValue:
    """Open a closed unit again."""
    with env().db.begin() as session:
        actions.abrir_unidad(session, unidad_id, actor(), form_version())
    flash(_("La unidad se puede elegir otra vez."), "success")
    return redirect(url_for(".unidad", unidad_id=unidad_id), 303)
