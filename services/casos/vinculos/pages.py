"""Entrance: somebody's relations and who represents them, on one page."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.alcance import Alcance
from casos.personas.busqueda import identificar
from casos.personas.queries import persona_por_id
from casos.presentacion import idioma_del_lector
from casos.representantes import queries as representantes
from casos.representantes.catalogo import catalogo, menor
from casos.representantes.schemas import RepresentanteDePaginaSchema
from casos.vinculos import actions, queries
from casos.vinculos.actions import NuevoVinculo
from casos.vinculos.catalogo import inverso, tipo, tipos
from casos.vinculos.schemas import TerminoDeVinculoSchema, VinculoDePaginaSchema
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import Conflicto, DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form

bp = Blueprint("familia_paginas", __name__, url_prefix="/casos")

VINCULO, REPRESENTANTE = "vinculo", "representante"
_SCHEMAS = {VINCULO: VinculoDePaginaSchema, REPRESENTANTE: RepresentanteDePaginaSchema}


@bp.get("/personas/<uuid:persona_id>/familia")
@requires("casos.persona.ver")
def ver(persona_id: UUID) -> str:
    """Who is who to somebody, and who represents them, as far as the reader may know."""
    return pagina(persona_id)


@bp.post("/personas/<uuid:persona_id>/vinculos")
@requires("casos.persona.registrar")
def anotar(persona_id: UUID) -> ResponseReturnValue:
    """Write a relation down."""
    form = formulario(VINCULO)
    if form.valid and (datos := con_ficha(form, VINCULO)) is not None:
        try:
            with env().db.begin() as session:
                actions.anotar(session, persona_id, NuevoVinculo(**datos), actor(), clock.now())
        except DatosInvalidos as error:
            agregar_errores(form, VINCULO, error)
        except Conflicto as error:
            form.add_error("", error.detail)
        else:
            flash(_("Se anotó el vínculo."), "success")
            return redirect(url_for(".ver", persona_id=persona_id), 303)
    return pagina(persona_id, vinculo=form), 422


@bp.route("/vinculos/<uuid:vinculo_id>/terminar", methods=["GET", "POST"])
@requires("casos.persona.registrar")
def terminar(vinculo_id: UUID) -> ResponseReturnValue:
    """That it is so no more, or never was."""
    form = Form(TerminoDeVinculoSchema())
    if form.valid:
        try:
            with env().db.begin() as session:
                uno = actions.terminar(session, vinculo_id, form.data, actor(), clock.now())
        except DatosInvalidos as error:
            form.add_errors(error)
        except Conflicto as error:
            form.add_error("", error.detail)
        else:
            flash(_("Quedó anotado."), "success")
            return redirect(url_for(".ver", persona_id=uno.persona_id), 303)
    with env().db.read() as session:
        uno = queries.vinculo_por_id(session, vinculo_id, Alcance.de(actor()))
        persona = persona_por_id(session, uno.persona_id, Alcance.de(actor()))
        vistos = queries.de_persona(session, persona.id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.vinculo.ver", "persona", persona.id)
    page = render_template(
        "casos/familia/terminar.html",
        form=form,
        persona=persona,
        uno=next(visto for visto in vistos if visto.vinculo.id == uno.id),
        tipo=lambda codigo: tipo(codigo, idioma_del_lector()),
    )
    return page, 422 if form.sent else 200


def pagina(
    persona_id: UUID, *, vinculo: Form | None = None, representante: Form | None = None
) -> str:
    """The page, also when one of its forms comes back with its errors."""
    alcance, idioma, hoy = Alcance.de(actor()), idioma_del_lector(), clock.today()
    with env().db.read() as session:
        persona = persona_por_id(session, persona_id, alcance)
        vinculos = queries.de_persona(session, persona_id, alcance)
        quienes = representantes.de_persona(session, persona_id, alcance, hoy)
    registrar_lectura(
        env().db,
        actor(),
        "casos.vinculo.ver",
        "persona",
        persona_id,
        cantidad=len(vinculos) + len(quienes) or None,
    )
    return render_template(
        "casos/familia/ver.html",
        persona=persona,
        menor=menor(persona.fecha_nacimiento, hoy),
        vinculos=vinculos,
        representantes=quienes,
        form=vinculo or representante,
        vinculo=vinculo or formulario(VINCULO, sent=False),
        representante=representante or formulario(REPRESENTANTE, sent=False),
        tipos=tipos(idioma),
        tipo=lambda codigo: tipo(codigo, idioma),
        inverso=inverso,
        catalogo=catalogo(),
        derechos=catalogo().opciones(idioma),
        derecho=lambda codigo: catalogo().tipo(codigo, idioma),
    )


def formulario(nombre: str, *, sent: bool | None = None) -> Form:
    """One of the two forms; its fields carry its name, as both stand on the page."""
    return Form.named(nombre, _SCHEMAS[nombre], sent=sent)


def con_ficha(form: Form, nombre: str) -> dict[str, Any] | None:
    """What a form says, with the id of whom it names by a folio or a document, of those whom the
    reader sees.
    """
    dicho: dict[str, Any] = form.data[nombre]
    datos = {campo: valor for campo, valor in dicho.items() if campo != "quien"}
    if not dicho["quien"]:
        return datos
    with env().db.read() as session:
        (halladas,) = identificar(session, [dicho["quien"]], Alcance.de(actor()))
    if len(halladas) == 1:
        return datos | {"otra_id": halladas[0].id}
    form.add_error(
        f"{nombre}.quien",
        _("Ese documento es de más de una ficha: escriba el folio.")
        if halladas
        else _("No hay una ficha con ese folio o documento que usted pueda ver."),
    )
    return None


def agregar_errores(form: Form, nombre: str, error: DatosInvalidos) -> None:
    """What a rule says is wrong, beside its fields; of the one with a record, beside the field that
    named them.
    """
    for campo, dichos in error.errores.items():
        for dicho in dichos:
            form.add_error(f"{nombre}.{'quien' if campo == 'otra_id' else campo}", dicho)
