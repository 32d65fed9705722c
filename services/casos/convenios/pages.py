"""Entrance: the pages of agreements."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session

from casos.convenios import actions, queries
from casos.convenios.etiquetas import SE_HIZO
from casos.convenios.models import Convenio, TipoConvenio
from casos.convenios.schemas import (
    EdicionConvenioSchema,
    NuevoConvenioSchema,
    ProrrogaDeConvenioSchema,
    TerminoDeConvenioSchema,
)
from casos.convenios.states import Accion
from casos.equipo import equipo
from casos.etiquetas import etiqueta, opciones
from casos.formularios import intentar, posibles
from casos.red.queries import instituciones
from oficina import clock
from oficina.audit import ultimo_cambio
from oficina.errors import DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form
from oficina.web.stale import Present

bp = Blueprint("convenios_paginas", __name__, url_prefix="/casos/convenios")

ACCIONES = "any({})".format(", ".join(sorted({Accion.EDITAR, Accion.PRORROGAR, Accion.TERMINAR})))


@bp.get("")
@requires("casos.convenio.ver")
def lista() -> str:
    """Those in force, the first to end on top."""
    todos = request.args.get("ver") == "todos"
    with env().db.read() as session:
        convenios = queries.convenios(session, todos=todos)
    return render_template(
        "casos/convenios/lista.html", convenios=convenios, todos=todos, hoy=clock.today()
    )


@bp.route("/nuevo", methods=["GET", "POST"])
@requires("casos.convenio.editar")
def nuevo() -> ResponseReturnValue:
    """Write down an agreement that was signed."""
    form = Form(NuevoConvenioSchema(), {"desde": clock.today()})
    if form.valid:
        try:
            responsable = equipo().encargado(form.data.responsable_id)
            with env().db.begin() as session:
                hecho = actions.registrar(session, form.data, responsable, actor(), clock.today())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("Se registró el convenio %(folio)s.", folio=hecho.folio), "success")
            return redirect(url_for(".ver", convenio_id=hecho.id), 303)
    with env().db.read() as session:
        todas = instituciones(session)
    page = render_template(
        "casos/convenios/nuevo.html",
        form=form,
        instituciones=[(str(una.id), una.titulo) for una in todas],
        tipos=opciones(TipoConvenio),
        equipo=_encargados(),
    )
    return page, 422 if form.sent else 200


@bp.get("/<uuid:convenio_id>")
@requires("casos.convenio.ver")
def ver(convenio_id: UUID) -> str:
    """An agreement, and what can be done with it."""
    with env().db.read() as session:
        uno = queries.convenio_por_id(session, convenio_id)
    return render_template("casos/convenios/ver.html", uno=uno, faltan=uno.faltan(clock.today()))


@bp.route(f"/<uuid:convenio_id>/<{ACCIONES}:accion>", methods=["GET", "POST"])
@requires("casos.convenio.editar")
def paso(convenio_id: UUID, accion: str) -> ResponseReturnValue:
    """Take a step, with what it needs."""
    pedida = Accion(accion)
    with env().db.read() as session:
        uno = queries.convenio_por_id(session, convenio_id)
    form = Form(_SCHEMAS[pedida](), _al_empezar(pedida, uno) | {"version": uno.version})
    intento = intentar(
        form,
        lambda s: _HACER[pedida](s, convenio_id, form.data),
        lambda s: _como_esta(s, convenio_id, pedida),
    )
    if intento.hecho:
        flash(_("Se guardó el convenio %(folio)s.", folio=uno.folio), "success")
        return redirect(url_for(".ver", convenio_id=convenio_id), 303)
    page = render_template(
        "casos/convenios/paso.html",
        form=form,
        uno=uno,
        accion=pedida,
        equipo=_encargados(),
    )
    return page, intento.status


def _como_esta(session: Session, convenio_id: UUID, pedida: Accion) -> Present:
    """How an agreement stands, who left it so, and what the reader can do with it now."""
    uno = queries.convenio_por_id(session, convenio_id)
    cambio = ultimo_cambio(session, "convenio", convenio_id, SE_HIZO)
    return Present(
        values=_al_empezar(pedida, uno) | {"version": uno.version},
        change=cambio,
        what=str(SE_HIZO[cambio.accion]) if cambio else "",
        state=etiqueta(uno.estado),
        allowed=posibles(
            uno.acciones,
            pedida,
            lambda accion: url_for(".paso", convenio_id=convenio_id, accion=accion),
        ),
    )


def _encargados() -> list[tuple[str, str]]:
    return [(str(uno.id), uno.nombre) for uno in equipo().encargados()]


def _al_empezar(accion: Accion, uno: Convenio) -> dict[str, Any]:
    if accion is Accion.EDITAR:
        campos = (
            "codigo",
            "objeto",
            "decreto",
            "monto_clp",
            "obligaciones",
            "permite_comunicar_datos",
        )
        return {c: getattr(uno, c) for c in (*campos, "responsable_id")}
    return {}


def _editar(session: Session, convenio_id: UUID, datos: Any) -> Convenio:
    responsable = equipo().encargado(datos.responsable_id)
    return actions.editar(session, convenio_id, datos, responsable, actor())


def _prorrogar(session: Session, convenio_id: UUID, datos: Any) -> Convenio:
    return actions.prorrogar(session, convenio_id, datos, actor(), clock.today())


def _terminar(session: Session, convenio_id: UUID, datos: Any) -> Convenio:
    return actions.terminar(session, convenio_id, datos, actor())


_SCHEMAS: Mapping[Accion, type[Schema]] = {
    Accion.EDITAR: EdicionConvenioSchema,
    Accion.PRORROGAR: ProrrogaDeConvenioSchema,
    Accion.TERMINAR: TerminoDeConvenioSchema,
}

_HACER: Mapping[Accion, Callable[[Session, UUID, Any], Convenio]] = {
    Accion.EDITAR: _editar,
    Accion.PRORROGAR: _prorrogar,
    Accion.TERMINAR: _terminar,
}
