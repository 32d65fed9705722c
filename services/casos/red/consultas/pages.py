"""Entrance: the pages of what institutions were asked, and of what they correct."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema

from casos.etiquetas import opciones
from casos.red.consultas import actions, decisiones, queries
from casos.red.consultas.correccion import diferencias, guardados
from casos.red.consultas.reglas import reglas
from casos.red.consultas.schemas import NoCorregirSchema
from casos.red.consultas.states import MotivoDeNoCorregir
from casos.red.etiquetas import DIAS
from oficina import clock
from oficina.errors import Conflicto, TransicionInvalida, VersionVencida
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.conditional import form_version
from oficina.web.forms import Form

bp = Blueprint("red_consultas_paginas", __name__, url_prefix="/casos/red")


@bp.get("/consultas")
@requires("casos.red.editar")
def lista() -> str:
    """What institutions were asked, and the corrections that wait."""
    with env().db.read() as session:
        preguntadas = queries.consultas(session)
        esperan = queries.correcciones(session)
    return render_template(
        "casos/red/consultas/lista.html",
        consultas=preguntadas,
        correcciones=esperan,
        maximo=queries.MAXIMO,
        reglas=reglas(),
    )


@bp.post("/instituciones/<uuid:institucion_id>/consulta")
@requires("casos.red.editar")
def preguntar(institucion_id: UUID) -> ResponseReturnValue:
    """Ask an institution now."""
    try:
        with env().db.begin() as session:
            actions.preguntar(session, institucion_id, actor(), clock.now())
    except Conflicto as error:
        flash(error.detail, "warning")
        return redirect(url_for("red_verificaciones_paginas.lista"), 303)
    flash(_("Se le preguntará por correo; lo que responda aparece aquí."), "success")
    return redirect(url_for(".lista"), 303)


@bp.post("/consultas/<uuid:consulta_id>/retiro")
@requires("casos.red.editar")
def retirar(consulta_id: UUID) -> ResponseReturnValue:
    """Take a question back."""
    with env().db.begin() as session:
        actions.retirar(session, consulta_id, form_version(), actor(), clock.now())
    flash(_("El enlace ya no abre."), "success")
    return redirect(url_for(".lista"), 303)


@bp.get("/correcciones/<uuid:correccion_id>")
@requires("casos.red.editar")
def correccion(correccion_id: UUID) -> str:
    """What an institution corrects of a service, beside what is written."""
    return _pagina(correccion_id, Form(NoCorregirSchema(), sent=False))


@bp.post("/correcciones/<uuid:correccion_id>/aceptar")
@requires("casos.red.editar")
def aceptar(correccion_id: UUID) -> ResponseReturnValue:
    """Write it into the directory."""
    form = Form(Schema())
    try:
        with env().db.begin() as session:
            decisiones.aceptar(session, correccion_id, form_version(), actor())
    except Conflicto as error:
        form.add_error("", error.detail)
        return _pagina(correccion_id, form), error.status
    except (TransicionInvalida, VersionVencida) as error:
        form.add_error("", _("Alguien lo decidió mientras tanto: así quedó."))
        return _pagina(correccion_id, form), error.status
    flash(_("El directorio quedó como dice la institución."), "success")
    return redirect(url_for(".lista"), 303)


@bp.post("/correcciones/<uuid:correccion_id>/descartar")
@requires("casos.red.editar")
def descartar(correccion_id: UUID) -> ResponseReturnValue:
    """Leave the directory as it is."""
    form = Form(NoCorregirSchema())
    if not form.valid:
        return _pagina(correccion_id, form), 422
    try:
        with env().db.begin() as session:
            motivo: MotivoDeNoCorregir = form.data["motivo"]
            version: int | None = form.data["version"]
            decisiones.descartar(session, correccion_id, motivo, version, actor())
    except (TransicionInvalida, VersionVencida) as error:
        form.add_error("", _("Alguien lo decidió mientras tanto: así quedó."))
        return _pagina(correccion_id, form), error.status
    flash(_("El directorio quedó como estaba."), "success")
    return redirect(url_for(".lista"), 303)


def _pagina(correccion_id: UUID, form: Form) -> str:
    with env().db.read() as session:
        una = queries.pregunta_por_id(session, correccion_id)
    cambios = guardados(una.propone)
    return render_template(
        "casos/red/consultas/correccion.html",
        una=una,
        form=form,
        enviado=form if request.method == "POST" else None,
        nota=cambios.get("nota", ""),
        nota_cupo=cambios.get("nota_cupo", ""),
        diferencias=diferencias(una.servicio, cambios),
        motivos=opciones(MotivoDeNoCorregir),
        dias=DIAS,
    )
