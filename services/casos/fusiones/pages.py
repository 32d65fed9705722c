"""Entrance: two records side by side, joining them, and undoing it, on pages."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _

from casos.alcance import Alcance
from casos.fusiones import actions, queries
from casos.fusiones.actions import Impedida
from casos.fusiones.etiquetas import CAMPOS, CLASES, OBSTACULOS
from casos.fusiones.reglas import reglas
from casos.fusiones.schemas import BuscarOtraSchema, ReversionSchema, UnionSchema
from casos.fusiones.states import Estado, Obstaculo
from casos.personas.queries import (
    contactos_vistos,
    documentos_vistos,
    persona_por_folio,
    persona_por_id,
)
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import NoEncontrado, VersionVencida
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form

bp = Blueprint("fusiones_paginas", __name__, url_prefix="/casos")

_PALABRAS: Mapping[str, Mapping[Any, LazyString]] = {
    "clases": CLASES,
    "campos": CAMPOS,
    "obstaculos": OBSTACULOS,
}


@bp.get("/fusiones")
@requires("casos.persona.fusionar")
def lista() -> str:
    """The unions that were made, the newest first."""
    with env().db.read() as session:
        halladas = queries.todas(session, Alcance.de(actor()))
    registrar_lectura(
        env().db, actor(), "casos.fusion.listar", "persona", None, cantidad=len(halladas)
    )
    return render_template(
        "casos/fusiones/lista.html", fusiones=halladas, maximo=queries.MAXIMO, **_PALABRAS
    )


@bp.route("/personas/<uuid:persona_id>/unir", methods=["GET", "POST"])
@requires("casos.persona.fusionar")
def elegir(persona_id: UUID) -> ResponseReturnValue:
    """Which other record; by its folio, which the form carries and no address."""
    form = Form(BuscarOtraSchema())
    alcance = Alcance.de(actor())
    with env().db.read() as session:
        persona = persona_por_id(session, persona_id, alcance)
        if form.valid:
            try:
                otra = persona_por_folio(session, form.data["folio"], alcance)
            except NoEncontrado:
                form.add_error("folio", _("No hay una ficha con ese folio que usted pueda ver."))
            else:
                if otra.id != persona_id:
                    return redirect(url_for(".unir", persona_id=persona_id, otra_id=otra.id), 303)
                form.add_error("folio", _("Es esta misma ficha."))
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona_id)
    page = render_template("casos/fusiones/elegir.html", form=form, persona=persona)
    return page, 422 if form.sent else 200


@bp.route("/personas/<uuid:persona_id>/unir/<uuid:otra_id>", methods=["GET", "POST"])
@requires("casos.persona.fusionar")
def unir(persona_id: UUID, otra_id: UUID) -> ResponseReturnValue:
    """Both side by side and what would go where; then that they are one."""
    form = Form(UnionSchema())
    status = 422 if form.sent else 200
    if form.valid:
        try:
            return _unida(form, persona_id, otra_id)
        except VersionVencida as error:
            form.add_error("", _("Alguien cambió una de las fichas: compárelas otra vez."))
            status = error.status
        except Impedida as error:
            for obstaculo in error.obstaculos:
                form.add_error("", str(OBSTACULOS[obstaculo]))
            status = error.status
    with env().db.read() as session:
        vista = queries.vista_previa(session, persona_id, otra_id, Alcance.de(actor()))
        al_reves = queries.vista_previa(session, otra_id, persona_id, Alcance.de(actor()))
    for una in (persona_id, otra_id):
        registrar_lectura(env().db, actor(), "casos.persona.comparar", "persona", una)
    lados = [
        {
            "lado": lado,
            "documentos": documentos_vistos(lado.persona, completos=False),
            "contactos": contactos_vistos(lado.persona.contactos, completos=False),
        }
        for lado in (vista.vigente, vista.absorbida)
    ]
    page = render_template(
        "casos/fusiones/unir.html",
        form=form,
        vista=vista,
        al_reves=al_reves,
        lados=lados,
        dias=reglas().dias_para_deshacer,
        **_PALABRAS,
    )
    return page, status


def _unida(form: Form, persona_id: UUID, otra_id: UUID) -> ResponseReturnValue:
    queda = form.data["queda"]
    versiones = {persona_id: form.data["version_a"], otra_id: form.data["version_b"]}
    if queda not in versiones:
        raise NoEncontrado
    otra = otra_id if queda == persona_id else persona_id
    with env().db.begin() as session:
        actions.fusionar(
            session,
            queda,
            otra,
            (versiones[queda], versiones[otra]),
            form.data["motivo"],
            actor(),
            clock.now(),
        )
    flash(_("Las dos fichas quedaron unidas."), "success")
    return redirect(url_for("personas.ver", persona_id=queda), 303)


@bp.route("/fusiones/<uuid:fusion_id>", methods=["GET", "POST"])
@requires("casos.persona.fusionar")
def ver(fusion_id: UUID) -> ResponseReturnValue:
    """What went over, by whom and why; then that it was undone."""
    form = Form(ReversionSchema())
    status = 422 if form.sent else 200
    if form.valid:
        try:
            with env().db.begin() as session:
                hecha = actions.deshacer(
                    session, fusion_id, form.data["motivo"], actor(), clock.now()
                )
        except Impedida as error:
            for obstaculo in error.obstaculos:
                form.add_error("", str(OBSTACULOS[obstaculo]))
            status = error.status
        else:
            flash(_("Son dos fichas otra vez."), "success")
            return redirect(url_for("personas.ver", persona_id=hecha.absorbida_id), 303)
    alcance = Alcance.de(actor())
    impedimentos: list[Obstaculo] = []
    with env().db.read() as session:
        fusion = queries.fusion_por_id(session, fusion_id, alcance)
        movido = queries.movido(session, fusion, alcance)
        if fusion.estado is Estado.HECHA:
            impedimentos = actions.impedimentos_de_deshacer(session, fusion, clock.now())
    registrar_lectura(env().db, actor(), "casos.fusion.ver", "persona", fusion.vigente_id)
    page = render_template(
        "casos/fusiones/ver.html",
        form=form,
        una=fusion,
        movido=movido,
        impedimentos=impedimentos,
        **_PALABRAS,
    )
    return page, status
