"""Entrance: what becomes of a document, on pages."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.alcance import Alcance
from casos.documentos import actions, queries
from casos.documentos.catalogo import motivo, motivos
from casos.documentos.schemas import RetiroDeDocumentoSchema
from casos.personas.queries import persona_por_id
from casos.presentacion import idioma_del_lector
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import Conflicto
from oficina.privacy import mask
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form

bp = Blueprint("documentos_paginas", __name__, url_prefix="/casos")


@bp.route("/documentos/<uuid:documento_id>/retirar", methods=["GET", "POST"])
@requires("casos.persona.registrar")
def retirar(documento_id: UUID) -> ResponseReturnValue:
    """Why it is of use no more."""
    form = Form(RetiroDeDocumentoSchema())
    if form.valid:
        try:
            with env().db.begin() as session:
                uno = actions.retirar(
                    session, documento_id, form.data["motivo"], actor(), clock.now()
                )
        except Conflicto as error:
            form.add_error("", error.detail)
        else:
            flash(_("Se retiró el documento; queda en la historia."), "success")
            return redirect(url_for("personas.ver", persona_id=uno.persona_id), 303)
    with env().db.read() as session:
        uno = queries.documento_por_id(session, documento_id, Alcance.de(actor()))
        persona = persona_por_id(session, uno.persona_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona.id)
    idioma = idioma_del_lector()
    page = render_template(
        "casos/documentos/retirar.html",
        form=form,
        persona=persona,
        uno=uno,
        numero=mask(uno.numero),
        motivos=motivos(idioma),
        motivo=lambda codigo: motivo(codigo, idioma),
    )
    return page, 422 if form.sent else 200


@bp.post("/documentos/<uuid:documento_id>/principal")
@requires("casos.persona.registrar")
def elegir(documento_id: UUID) -> ResponseReturnValue:
    """It is the one to use."""
    with env().db.begin() as session:
        uno = actions.elegir(session, documento_id, actor())
    flash(_("Ese documento es ahora el principal."), "success")
    return redirect(url_for("personas.ver", persona_id=uno.persona_id), 303)
