"""Entrance: what a person agreed to, on a page, and taking it back."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.alcance import Alcance
from casos.consentimientos import actions, queries, retiro, vistas
from casos.consentimientos.models import (
    FormaConsentimiento,
    MotivoRetiro,
    Otorgante,
)
from casos.consentimientos.schemas import NuevoConsentimientoSchema, RetiroSchema
from casos.consentimientos.textos import RECORDATORIOS, textos
from casos.consentimientos.vistas import se_ve
from casos.derivaciones.queries import que_quedan
from casos.etiquetas import opciones
from casos.personas.catalogos import nombre_de_idioma
from casos.personas.queries import persona_por_id
from casos.representantes import queries as representantes
from casos.representantes.catalogo import catalogo, menor
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import DatosInvalidos, NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form
from oficina.web.i18n import language

bp = Blueprint("consentimientos_paginas", __name__, url_prefix="/casos")


@bp.get("/personas/<uuid:persona_id>/consentimientos")
@requires("casos.consentimiento.ver")
def de_persona(persona_id: UUID) -> str:
    """What a person agreed to, with its history."""
    return _pagina(persona_id, Form(NuevoConsentimientoSchema(), sent=False))


@bp.post("/personas/<uuid:persona_id>/consentimientos")
@requires("casos.consentimiento.registrar")
def consentir(persona_id: UUID) -> ResponseReturnValue:
    """Write down that a person wants to be reminded of appointments."""
    form = Form(NuevoConsentimientoSchema())
    if form.valid:
        try:
            with env().db.begin() as session:
                actions.consentir_recordatorios(
                    session, persona_id, form.data, actor(), clock.now()
                )
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("Se registró el consentimiento."), "success")
            return redirect(url_for(".de_persona", persona_id=persona_id), 303)
    return _pagina(persona_id, form), 422


@bp.route("/consentimientos/<uuid:consentimiento_id>/retirar", methods=["GET", "POST"])
@requires("casos.consentimiento.retirar")
def retirar(consentimiento_id: UUID) -> ResponseReturnValue:
    """What will follow, and then that it was taken back."""
    form = Form(RetiroSchema())
    with env().db.read() as session:
        consentimiento = queries.consentimiento_por_id(
            session, consentimiento_id, Alcance.de(actor())
        )
        if not se_ve(consentimiento):
            raise NoEncontrado
        persona = persona_por_id(session, consentimiento.persona_id, Alcance.de(actor()))
        afectadas = que_quedan(session, consentimiento_id)
    if form.valid:
        with env().db.begin() as session:
            retiro.retirar(session, consentimiento_id, form.data, actor(), clock.now())
        flash(_("Se retiró el consentimiento; ya no se usa."), "success")
        return redirect(url_for(".de_persona", persona_id=persona.id), 303)
    registrar_lectura(env().db, actor(), "casos.consentimiento.ver", "persona", persona.id)
    page = render_template(
        "casos/consentimientos/retirar.html",
        form=form,
        persona=persona,
        uno=vistas.vista(consentimiento, clock.now(), language()),
        afectadas=afectadas,
        motivos=opciones(MotivoRetiro),
        otorgantes=opciones(Otorgante),
    )
    return page, 422 if form.sent else 200


def _pagina(persona_id: UUID, form: Form) -> str:
    ahora, idioma = clock.now(), language()
    with env().db.read() as session:
        persona = persona_por_id(session, persona_id, Alcance.de(actor()))
        consentimientos = vistas.visibles(session, persona_id, Alcance.de(actor()), ahora, idioma)
        recordatorios = queries.admite_recordatorios(session, persona_id, ahora)
        dia = clock.local(ahora).date()
        quienes = representantes.de_persona(session, persona_id, Alcance.de(actor()), dia)
    registrar_lectura(env().db, actor(), "casos.consentimiento.ver", "persona", persona_id)
    leidos = dict.fromkeys(map(textos(RECORDATORIOS).lengua, (persona.idioma, "spa")))
    return render_template(
        "casos/consentimientos/persona.html",
        form=form,
        persona=persona,
        consentimientos=consentimientos,
        recordatorios=recordatorios,
        menor=menor(persona.fecha_nacimiento, dia),
        representantes=[uno for uno in quienes if uno.vale],
        derecho=lambda codigo: catalogo().tipo(codigo, idioma),
        textos_leidos=[(lengua, textos(RECORDATORIOS).en(lengua)) for lengua in leidos],
        formas=opciones(FormaConsentimiento),
        otorgantes=opciones(Otorgante),
        lenguas=[(codigo, nombre_de_idioma(codigo, idioma)) for codigo in textos().textos],
    )
