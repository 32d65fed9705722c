"""The page on which somebody of the staff says how they want their notices."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from notificaciones.avisos import actions, queries
from notificaciones.avisos.etiquetas import MODOS
from notificaciones.avisos.models import Modo
from notificaciones.avisos.schemas import FormaSchema
from notificaciones.mensajes.etiquetas import PLANTILLAS
from notificaciones.plantillas.catalogo import Clave
from notificaciones.reglas.catalogo import reglas
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form

bp = Blueprint("avisos_paginas", __name__, url_prefix="/notificaciones/mis-avisos")


@bp.route("", methods=["GET", "POST"])
@requires("notificaciones.aviso.preferir")
def preferir() -> ResponseReturnValue:
    """Choose when to get the notices about one's cases."""
    with env().db.read() as session:
        elegida = queries.preferencia(session, actor().id)
    ahora = {"modo": Modo.AL_MOMENTO.value, "version": 0}
    if elegida is not None:
        ahora = {"modo": elegida.modo.value, "version": elegida.version}
    form = Form(FormaSchema(), ahora)
    if form.valid:
        with env().db.begin() as session:
            actions.elegir(session, form.data["modo"], actor(), form.data["version"])
        flash(_("Así le llegarán desde ahora."), "success")
        return redirect(url_for(".preferir"), 303)
    clases = reglas().resumen
    page = render_template(
        "notificaciones/avisos/preferir.html",
        form=form,
        modos=MODOS,
        hora=f"{clases.hora:%H:%M}",
        se_resumen=[PLANTILLAS[clave] for clave in Clave if clave in clases.se_resumen],
        urgentes=[PLANTILLAS[clave] for clave in Clave if clave in clases.urgentes],
    )
    return page, 422 if form.sent else 200
