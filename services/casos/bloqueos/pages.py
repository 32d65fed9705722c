"""Entrance: whose data are blocked, and letting them go."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.bloqueos import actions, queries
from casos.bloqueos.schemas import LevantamientoSchema
from casos.derechos.actions import bloquear_mientras
from casos.derechos.pages import ver as ver_solicitud
from casos.etiquetas import etiqueta
from casos.formularios import intentar
from oficina import clock
from oficina.audit import Cambio, registrar_lectura
from oficina.errors import Conflicto
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form
from oficina.web.stale import Present

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
    intento = intentar(
        form,
        lambda s: actions.levantar(s, bloqueo_id, form.data["motivo"], actor(), clock.now()),
        lambda s: _como_esta(s, bloqueo_id),
    )
    if intento.hecho:
        flash(_("Los datos se pueden usar de nuevo."), "success")
        return redirect(url_for(".lista"), 303)
    with env().db.read() as session:
        bloqueo = queries.bloqueo_por_id(session, bloqueo_id)
    registrar_lectura(env().db, actor(), "casos.bloqueo.ver", "persona", bloqueo.persona_id)
    page = render_template("casos/bloqueos/levantar.html", form=form, uno=bloqueo)
    return page, intento.status


def _como_esta(session: Session, bloqueo_id: UUID) -> Present:
    """That the data were let go, and by whom; whoever comes later has nothing to do."""
    uno = queries.bloqueo_por_id(session, bloqueo_id)
    if uno.levantado_en is None:
        return Present(state=etiqueta(uno.causa))
    return Present(
        change=Cambio(uno.levantado_en, uno.levantado_por_id, uno.levantado_por),
        what=_("Los datos se desbloquearon"),
        state=_("Desbloqueados"),
    )


@bp.post("/derechos/<uuid:solicitud_id>/bloqueo")
@requires("casos.bloqueo.gestionar")
def bloquear(solicitud_id: UUID) -> ResponseReturnValue:
    """Block while a request is resolved."""
    try:
        with env().db.begin() as session:
            bloquear_mientras(session, solicitud_id, actor(), clock.now())
    except Conflicto as error:
        # A button that does nothing any more: the request as it stands, and why.
        flash(error.detail, "error")
        return ver_solicitud(solicitud_id), error.status
    flash(_("Los datos quedaron bloqueados hasta que se resuelva la solicitud."), "success")
    return redirect(url_for("derechos_paginas.ver", solicitud_id=solicitud_id), 303)
