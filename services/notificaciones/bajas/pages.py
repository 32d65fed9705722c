"""Entrance: who wants no more messages, as people read it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from notificaciones.bajas import actions, etiquetas, queries
from notificaciones.bajas.schemas import LevantarSchema, NuevaBajaSchema
from notificaciones.bajas.states import Origen
from notificaciones.mensajes.etiquetas import CANALES
from notificaciones.plantillas.etiquetas import TEMAS
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.conditional import check_version
from oficina.web.forms import Form

bp = Blueprint("bajas_paginas", __name__, url_prefix="/notificaciones/bajas")


@bp.route("", methods=["GET", "POST"])
@requires("notificaciones.baja.anotar")
def lista() -> ResponseReturnValue:
    """Who wants no more messages; and writing down one more."""
    form = Form(NuevaBajaSchema())
    if form.valid:
        with env().db.begin() as session:
            actions.dar_de_baja(session, form.data, Origen.OFICINA, actor())
        flash(_("Quedó anotado: no se le escribe más de eso."), "success")
        return redirect(url_for(".lista"), 303)
    with env().db.read() as session:
        todas = queries.bajas(session)
    registrar_lectura(
        env().db, actor(), "notificaciones.baja.listar", "baja", None, cantidad=len(todas)
    )
    page = render_template(
        "notificaciones/bajas/lista.html",
        form=form,
        bajas=todas,
        elegibles=[(tema.value, TEMAS[tema]) for tema in sorted(queries.temas())],
        **_words(),
    )
    return page, 422 if form.sent else 200


@bp.route("/<uuid:baja_id>/levantar", methods=["GET", "POST"])
@requires("notificaciones.baja.anotar")
def levantar(baja_id: UUID) -> ResponseReturnValue:
    """Lift one, with a reason."""
    with env().db.read() as session:
        baja = queries.baja_por_id(session, baja_id)
    form = Form(LevantarSchema(), {"version": baja.version})
    if form.valid:
        with env().db.begin() as session:
            baja = queries.baja_por_id(session, baja_id)
            check_version(baja, form.data["version"])
            actions.levantar(session, baja, form.data["motivo"], actor())
        flash(_("La baja se levantó: se le puede escribir otra vez."), "success")
        return redirect(url_for(".lista"), 303)
    registrar_lectura(env().db, actor(), "notificaciones.baja.ver", "baja", baja_id)
    page = render_template("notificaciones/bajas/levantar.html", form=form, baja=baja, **_words())
    return page, 422 if form.sent else 200


def _words() -> dict[str, Any]:
    return {"canales": CANALES, "temas": TEMAS, "origenes": etiquetas.ORIGENES}
