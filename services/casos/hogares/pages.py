"""Entrance: somebody's household on a page, and who joins, changes place or leaves."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.alcance import Alcance
from casos.contactos.pauta import avisos
from casos.hogares import actions, queries
from casos.hogares.actions import NuevoIntegrante, YaTieneHogar
from casos.hogares.catalogo import catalogo
from casos.hogares.schemas import IntegranteDePaginaSchema, LugarEnHogarSchema, SalidaDeHogarSchema
from casos.personas.busqueda import identificar
from casos.personas.models import Persona
from casos.presentacion import idioma_del_lector
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import Conflicto, DatosInvalidos, VersionVencida
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form

bp = Blueprint("hogares_paginas", __name__, url_prefix="/casos")


@bp.get("/personas/<uuid:persona_id>/hogar")
@requires("casos.persona.ver")
def ver(persona_id: UUID) -> ResponseReturnValue:
    """With whom somebody lives, as far as the reader may know."""
    return _pagina(persona_id, Form(LugarEnHogarSchema(), sent=False))


@bp.post("/personas/<uuid:persona_id>/hogar")
@requires("casos.persona.registrar")
def formar(persona_id: UUID) -> ResponseReturnValue:
    """Begin a household of one person."""
    form = Form(LugarEnHogarSchema())
    if form.valid:
        try:
            with env().db.begin() as session:
                actions.formar(session, persona_id, form.data, actor(), clock.now())
        except DatosInvalidos as error:
            form.add_errors(error)
        except Conflicto as error:
            form.add_error("", error.detail)
        else:
            flash(_("Se formó el hogar. Agregue a quienes viven con la persona."), "success")
            return redirect(url_for(".ver", persona_id=persona_id), 303)
    return _pagina(persona_id, form), 422


@bp.post("/personas/<uuid:persona_id>/hogar/integrantes")
@requires("casos.persona.registrar")
def agregar(persona_id: UUID) -> ResponseReturnValue:
    """Somebody joins, or moves here from another household."""
    form = Form(IntegranteDePaginaSchema())
    status = 422
    if form.valid and (quien := _quien(form)) is not None:
        datos = {campo: valor for campo, valor in form.data.items() if campo != "quien"}
        nuevo = NuevoIntegrante(persona_id=quien.id, **datos)
        try:
            with env().db.begin() as session:
                actions.agregar(session, persona_id, nuevo, actor(), clock.now())
        except DatosInvalidos as error:
            form.add_errors(error)
        except VersionVencida:
            form.add_error("", _cambio())
            status = 412
        except YaTieneHogar as error:
            form.add_error("mudarse", error.detail)
        except Conflicto as error:
            form.add_error("", error.detail)
        else:
            flash(_("Se agregó a la persona al hogar."), "success")
            return redirect(url_for(".ver", persona_id=persona_id), 303)
    return _pagina(persona_id, form), status


@bp.route("/integrantes/<uuid:integrante_id>/lugar", methods=["GET", "POST"])
@requires("casos.persona.registrar")
def cambiar(integrante_id: UUID) -> ResponseReturnValue:
    """Another place in the same household."""
    return _paso(integrante_id, Form(LugarEnHogarSchema()), actions.cambiar)


@bp.route("/integrantes/<uuid:integrante_id>/salida", methods=["GET", "POST"])
@requires("casos.persona.registrar")
def retirar(integrante_id: UUID) -> ResponseReturnValue:
    """That somebody belongs to it no more."""
    return _paso(integrante_id, Form(SalidaDeHogarSchema()), actions.retirar)


def _paso(integrante_id: UUID, form: Form, accion: Any) -> ResponseReturnValue:
    status = 422 if form.sent else 200
    if form.valid:
        try:
            with env().db.begin() as session:
                hecha = accion(session, integrante_id, form.data, actor(), clock.now())
        except DatosInvalidos as error:
            form.add_errors(error)
        except VersionVencida:
            form.add_error("", _cambio())
            status = 412
        except Conflicto as error:
            form.add_error("", error.detail)
        else:
            flash(_("Quedó anotado."), "success")
            return redirect(url_for(".ver", persona_id=hecha.persona_id), 303)
    with env().db.read() as session:
        una = queries.integrante_por_id(session, integrante_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.hogar.ver", "persona", una.persona_id)
    page = render_template(
        "casos/hogares/paso.html",
        form=form,
        una=una,
        sale=accion is actions.retirar,
        salidas=catalogo().opciones(catalogo().salidas, idioma_del_lector()),
        **_palabras(),
    )
    return page, status


def _quien(form: Form) -> Persona | None:
    """Whom the form names, of those whom the reader sees."""
    with env().db.read() as session:
        (halladas,) = identificar(session, [form.data["quien"]], Alcance.de(actor()))
    if len(halladas) == 1:
        return halladas[0]
    form.add_error(
        "quien",
        _("Ese documento es de más de una ficha: escriba el folio.")
        if halladas
        else _("No hay una ficha con ese folio o documento que usted pueda ver."),
    )
    return None


def _pagina(persona_id: UUID, form: Form) -> str:
    with env().db.read() as session:
        vista = queries.hogar_de(session, persona_id, Alcance.de(actor()))
        senales = avisos(session, [uno.persona for uno in vista.integrantes])
    registrar_lectura(
        env().db, actor(), "casos.hogar.ver", "persona", persona_id, cantidad=vista.total or None
    )
    return render_template(
        "casos/hogares/ver.html",
        form=form,
        vista=vista,
        persona=vista.persona,
        senales=senales,
        por_edad=vista.por_edad(clock.today()),
        definicion=catalogo().dice(idioma_del_lector()),
        fuente=catalogo().fuente,
        **_palabras(),
    )


def _palabras() -> dict[str, Any]:
    idioma = idioma_del_lector()
    return {
        "roles": catalogo().opciones(catalogo().roles, idioma),
        "rol": lambda codigo: catalogo().rol(codigo, idioma),
        "motivo": lambda codigo: catalogo().motivo(codigo, idioma),
    }


def _cambio() -> str:
    dicho = _("Otra persona cambió este hogar mientras usted escribía: revíselo y guarde de nuevo.")
    return str(dicho)
