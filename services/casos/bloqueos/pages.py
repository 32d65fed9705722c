"""Entrance: whose data are blocked, and letting them go."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.bloqueos import actions, queries
from casos.bloqueos.schemas import LevantamientoSchema
from casos.derechos.actions import bloquear_mientras
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form

bp = Blueprint("bloqueos_paginas", __name__, url_prefix="/casos")


@bp.get("/bloqueos")
@requires("casos.bloqueo.gestionar")
def lista() -> str:
    """The blocks that hold, the oldest first."""
    with env().db.read() as session:
        vigentes = queries.vigentes(session)
    registrar_lectura(
        env().db, actor(), "casos.bloqueo.listar", "persona", None, cantidad=len(vigentes)
    )
    return render_template("casos/bloqueos/lista.html", bloqueos=vigentes, maximo=queries.MAXIMO)


@bp.route("/bloqueos/<uuid:bloqueo_id>/levantar", methods=["GET", "POST"])
@requires("casos.bloqueo.gestionar")
def levantar(bloqueo_id: UUID) -> ResponseReturnValue:
    """What will follow, and then that it was lifted, with the reason."""
    form = Form(LevantamientoSchema())
    if form.valid:
        with env().db.begin() as session:
            actions.levantar(session, bloqueo_id, form.data["motivo"], actor(), clock.now())
        flash(_("Los datos se pueden usar de nuevo."), "success")
        return redirect(url_for(".lista"), 303)
    with env().db.read() as session:
        bloqueo = queries.bloqueo_por_id(session, bloqueo_id)
    registrar_lectura(env().db, actor(), "casos.bloqueo.ver", "persona", bloqueo.persona_id)
    page = render_template("casos/bloqueos/levantar.html", form=form, uno=bloqueo)
    return page, 422 if form.sent else 200


@bp.post("/derechos/<uuid:solicitud_id>/bloqueo")
@requires("casos.bloqueo.gestionar")
def bloquear(solicitud_id: UUID) -> ResponseReturnValue:
    """Block while a request is resolved."""
    with env().db.begin() as session:
        bloquear_mientras(session, solicitud_id, actor(), clock.now())
    flash(_("Los datos quedaron bloqueados hasta que se resuelva la solicitud."), "success")
    return redirect(url_for("derechos_paginas.ver", solicitud_id=solicitud_id), 303)
