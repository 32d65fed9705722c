"""Entrance: the pages of obstacles."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from casos.comunidad.obstaculos import actions, queries
from casos.comunidad.obstaculos.etiquetas import HISTORIA
from casos.comunidad.obstaculos.exportacion import filas, titulos
from casos.comunidad.obstaculos.reglas import reglas
from casos.comunidad.obstaculos.schemas import (
    Filtro,
    FiltroObstaculosSchema,
    NuevaAnotacionSchema,
    PasoDeObstaculoConNotaSchema,
)
from casos.comunidad.obstaculos.states import Accion, Estado, Origen
from casos.comunidad.pasos import ultimo
from casos.etiquetas import etiqueta, opciones
from casos.formularios import intentar, posibles
from casos.hoja import hoja
from casos.red.queries import instituciones
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.files import descarga
from oficina.web.forms import Form
from oficina.web.i18n import language
from oficina.web.stale import Present

bp = Blueprint("obstaculos_paginas", __name__, url_prefix="/casos/comunidad/obstaculos")

ACCIONES = "any({})".format(", ".join(sorted(set(Accion) - {Accion.ANOTAR})))


@bp.get("")
@requires("casos.obstaculo.ver")
def lista() -> str:
    """Those that a filter lets through, by institution."""
    filtro = _filtro()
    with env().db.read() as session:
        todos = queries.obstaculos(session, filtro)
        red = instituciones(session)
    return render_template(
        "casos/comunidad/obstaculos/lista.html",
        hoja=hoja(todos, filtro.pagina),
        filtro=filtro,
        pedido=_pedido(),
        instituciones=[(str(una.id), una.titulo) for una in red],
        tipos=_tipos(),
        estados=opciones(Estado),
        tipo_dicho=_dicho,
    )


@bp.get("/lista.<any(csv, xlsx):tipo>")
@requires("casos.obstaculo.exportar")
def archivo(tipo: str) -> Response:
    """The same list, as a file."""
    with env().db.read() as session:
        todos = queries.obstaculos(session, _filtro())
    return descarga(tipo, "obstaculos", _("Obstáculos"), titulos(), filas(todos))


@bp.route("/anotar", methods=["GET", "POST"])
@requires("casos.obstaculo.anotar")
def anotar() -> ResponseReturnValue:
    """Somebody met one: one step, from wherever one is."""
    inicial = {
        "institucion_id": request.args.get("institucion", ""),
        "tipo": request.args.get("tipo", ""),
        "origen": request.args.get("origen", ""),
    }
    form = Form(NuevaAnotacionSchema(), inicial)
    intento = intentar(
        form,
        lambda session: actions.anotar(session, form.data, actor(), clock.now()),
    )
    if hecho := intento.resultado:
        flash(_("Se anotó el obstáculo %(folio)s.", folio=hecho.folio), "success")
        return redirect(url_for(".ver", obstaculo_id=hecho.id), 303)
    with env().db.read() as session:
        red = instituciones(session)
    page = render_template(
        "casos/comunidad/obstaculos/anotar.html",
        form=form,
        instituciones=[(str(una.id), una.titulo) for una in red],
        tipos=_tipos(),
        origenes=opciones(Origen),
    )
    return page, intento.status


@bp.get("/<uuid:obstaculo_id>")
@requires("casos.obstaculo.ver")
def ver(obstaculo_id: UUID) -> str:
    """An obstacle, and what was done about it."""
    with env().db.read() as session:
        uno = queries.obstaculo_por_id(session, obstaculo_id)
        pasos = queries.pasos(session, obstaculo_id)
    return render_template(
        "casos/comunidad/obstaculos/ver.html",
        uno=uno,
        pasos=pasos,
        dichos=HISTORIA,
        tipo_dicho=_dicho,
    )


@bp.route(f"/<uuid:obstaculo_id>/<{ACCIONES}:accion>", methods=["GET", "POST"])
@requires("casos.obstaculo.gestionar")
def paso(obstaculo_id: UUID, accion: str) -> ResponseReturnValue:
    """Take a step of the coordination."""
    pedida = Accion(accion)
    with env().db.read() as session:
        uno = queries.obstaculo_por_id(session, obstaculo_id)
    form = Form(PasoDeObstaculoConNotaSchema(), {"version": uno.version})
    intento = intentar(
        form,
        lambda session: actions.dar(
            session, obstaculo_id, pedida, form.data, actor=actor(), ahora=clock.now()
        ),
        lambda session: _como_esta(session, obstaculo_id, pedida),
    )
    if intento.hecho:
        flash(_("Se guardó el obstáculo %(folio)s.", folio=uno.folio), "success")
        return redirect(url_for(".ver", obstaculo_id=obstaculo_id), 303)
    page = render_template(
        "casos/comunidad/obstaculos/paso.html",
        form=form,
        uno=uno,
        accion=pedida,
        tipo_dicho=_dicho,
    )
    return page, intento.status


def _como_esta(session: Session, obstaculo_id: UUID, pedida: Accion) -> Present:
    """How an obstacle stands, who left it so, and what the reader can do with it now."""
    uno = queries.obstaculo_por_id(session, obstaculo_id)
    cambio, dicho = ultimo(queries.pasos(session, obstaculo_id), HISTORIA)
    return Present(
        values={"version": uno.version},
        change=cambio,
        what=dicho,
        state=etiqueta(uno.estado),
        allowed=posibles(
            uno.acciones,
            pedida,
            lambda accion: url_for(".paso", obstaculo_id=obstaculo_id, accion=accion),
        ),
    )


def _dicho(codigo: str) -> str:
    return reglas().tipo(codigo, language())


def _tipos() -> list[tuple[str, str]]:
    return [(codigo, _dicho(codigo)) for codigo in reglas().tipos]


def _filtro() -> Filtro:
    try:
        pedido: Filtro = FiltroObstaculosSchema().load(_pedido())
    except ValidationError:
        # An address that somebody wrote by hand: the list, as if it asked for nothing.
        return Filtro()
    return pedido


def _pedido() -> dict[str, Any]:
    nombres = FiltroObstaculosSchema().load_fields
    return {n: texto for n in nombres if (texto := request.args.get(n, "").strip())}
