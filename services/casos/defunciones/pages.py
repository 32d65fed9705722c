"""Entrance: that somebody died, on a page, and taking it back."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.defunciones import actions, queries
from casos.defunciones.models import Defuncion, FuenteDefuncion
from casos.defunciones.schemas import AnulacionDePaginaSchema, NuevaDefuncionSchema
from casos.etiquetas import opciones
from casos.formularios import intentar
from casos.personas.queries import persona_por_id
from oficina import clock
from oficina.audit import Cambio, registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form
from oficina.web.stale import Present

bp = Blueprint("defunciones_paginas", __name__, url_prefix="/casos")


@bp.route("/personas/<uuid:persona_id>/defuncion", methods=["GET", "POST"])
@requires("casos.persona.registrar")
def registrar(persona_id: UUID) -> ResponseReturnValue:
    """What was told, and telling it."""
    form = Form(NuevaDefuncionSchema())
    intento = intentar(
        form, lambda s: actions.registrar(s, persona_id, form.data, actor(), clock.now())
    )
    if intento.hecho:
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
    return page, intento.status


@bp.route("/defunciones/<uuid:defuncion_id>/anular", methods=["GET", "POST"])
@requires("casos.persona.registrar")
def anular(defuncion_id: UUID) -> ResponseReturnValue:
    """Why it was a mistake."""
    form = Form(AnulacionDePaginaSchema())

    def hacer(session: Session) -> Defuncion:
        motivo, version = form.data["motivo"], form.data["version"]
        return actions.anular(session, defuncion_id, motivo, version, actor(), clock.now())

    intento = intentar(form, hacer, lambda session: _como_esta(session, defuncion_id))
    if hecha := intento.resultado:
        flash(_("Se anuló: se le puede escribir de nuevo."), "success")
        return redirect(url_for("personas.ver", persona_id=hecha.persona_id), 303)
    with env().db.read() as session:
        una = queries.defuncion_por_id(session, defuncion_id, Alcance.de(actor()))
        persona = persona_por_id(session, una.persona_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona.id)
    page = render_template("casos/defunciones/anular.html", form=form, persona=persona, una=una)
    return page, intento.status


def _como_esta(session: Session, defuncion_id: UUID) -> Present:
    """Whether it holds, and who took it back; what can be done is on the page of the person's."""
    una = queries.defuncion_por_id(session, defuncion_id, Alcance.de(actor()))
    cambio = Cambio(una.registrada_en, una.registrada_por_id, una.registrada_por)
    if una.anulada_en:
        cambio = Cambio(una.anulada_en, una.anulada_por_id, una.anulada_por)
    return Present(
        values={"version": una.version},
        change=cambio,
        what=_("Se anotó") if una.vigente else _("Se anuló"),
        state=_("La persona falleció") if una.vigente else _("Anulada"),
        allowed=[(_("Defunción"), url_for(".registrar", persona_id=una.persona_id))],
    )
