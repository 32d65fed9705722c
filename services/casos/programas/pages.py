"""Entrance: the pages of programmes."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from casos.convenios.queries import convenios
from casos.equipo import equipo
from casos.etiquetas import etiqueta, opciones
from casos.formularios import intentar, posibles
from casos.presentacion import idioma_del_lector
from casos.programas import actions, queries
from casos.programas.etiquetas import SE_HIZO
from casos.programas.models import Fuente, Programa, Reparto, RequisitosDePrograma, TipoBeneficio
from casos.programas.reglas import reglas
from casos.programas.schemas import (
    CASILLAS,
    AsignacionSchema,
    DatosProgramaSchema,
    RequisitosEnRenglonesSchema,
)
from casos.programas.states import Accion
from oficina import clock
from oficina.audit import ultimo_cambio
from oficina.errors import DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.forms import Form
from oficina.web.stale import Present

bp = Blueprint("programas_paginas", __name__, url_prefix="/casos/programas")

ACCIONES = "any({})".format(", ".join(sorted(Accion)))


class _PasoSchema(Schema):
    """A step that needs no more than to be taken."""

    version = fields.Integer(load_default=None, allow_none=True)


@bp.get("")
@requires("casos.programa.ver")
def lista() -> str:
    """Programmes, the open ones first."""
    todos = request.args.get("ver") == "todos"
    with env().db.read() as session:
        programas = queries.programas(session, todos=todos)
    return render_template("casos/programas/lista.html", programas=programas, todos=todos)


@bp.route("/nuevo", methods=["GET", "POST"])
@requires("casos.programa.editar")
def nuevo() -> ResponseReturnValue:
    """Prepare a programme."""
    initial = {"anio": clock.today().year, "reparto": Reparto.POR_HOGAR}
    form = Form(DatosProgramaSchema(), initial)
    if form.valid:
        try:
            responsable = equipo().encargado(form.data.responsable_id)
            with env().db.begin() as session:
                hecho = actions.crear(session, form.data, responsable, actor(), clock.now())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("Se creó el programa %(folio)s.", folio=hecho.folio), "success")
            return redirect(url_for(".ver", programa_id=hecho.id), 303)
    page = render_template("casos/programas/nuevo.html", form=form, **_opciones())
    return page, 422 if form.sent else 200


@bp.get("/<uuid:programa_id>")
@requires("casos.programa.ver")
def ver(programa_id: UUID) -> str:
    """A programme: its money, what it asks for, and what can be done with it."""
    with env().db.read() as session:
        uno = queries.programa_por_id(session, programa_id)
        requisitos = queries.requisitos_de(session, programa_id)
        lineas = queries.movimientos(session, programa_id) if puede("casos.programa.editar") else ()
    return render_template(
        "casos/programas/ver.html",
        uno=uno,
        requisitos=requisitos,
        movimientos=lineas,
        maximo=queries.MAXIMO,
        periodo=reglas().periodos[uno.periodo].etiqueta(idioma_del_lector()),
    )


@bp.route(f"/<uuid:programa_id>/<{ACCIONES}:accion>", methods=["GET", "POST"])
@requires("casos.programa.editar")
def paso(programa_id: UUID, accion: str) -> ResponseReturnValue:
    """Take a step, with what it needs."""
    pedida = Accion(accion)
    with env().db.read() as session:
        uno = queries.programa_por_id(session, programa_id)
        requisitos = queries.requisitos_de(session, programa_id)
    inicial = _al_empezar(pedida, uno, requisitos) | {"version": uno.version}
    form = Form(_SCHEMAS[pedida](), inicial)
    intento = intentar(
        form,
        lambda s: _HACER[pedida](s, programa_id, form.data),
        lambda s: _como_esta(s, programa_id, pedida),
    )
    if intento.hecho:
        flash(_("Se guardó el programa %(folio)s.", folio=uno.folio), "success")
        return redirect(url_for(".ver", programa_id=programa_id), 303)
    page = render_template(
        "casos/programas/paso.html",
        form=form,
        uno=uno,
        accion=pedida,
        casillas=CASILLAS,
        **_opciones(),
    )
    return page, intento.status


def _opciones() -> dict[str, Any]:
    idioma = idioma_del_lector()
    with env().db.read() as session:
        vigentes = convenios(session)
    return {
        "tipos": opciones(TipoBeneficio),
        "fuentes": opciones(Fuente),
        "repartos": opciones(Reparto),
        "periodos": [(clave, uno.etiqueta(idioma)) for clave, uno in reglas().periodos.items()],
        "convenios": [(str(uno.id), f"{uno.folio} · {uno.institucion.rotulo}") for uno in vigentes],
        "equipo": [(str(uno.id), uno.nombre) for uno in equipo().encargados()],
    }


def _como_esta(session: Session, programa_id: UUID, pedida: Accion) -> Present:
    """How a programme stands, who left it so, and what the reader can do with it now."""
    uno = queries.programa_por_id(session, programa_id)
    inicial = _al_empezar(pedida, uno, queries.requisitos_de(session, programa_id))
    cambio = ultimo_cambio(session, "programa", programa_id, SE_HIZO)
    return Present(
        values=inicial | {"version": uno.version},
        change=cambio,
        what=str(SE_HIZO[cambio.accion]) if cambio else "",
        state=etiqueta(uno.estado),
        allowed=posibles(
            uno.acciones,
            pedida,
            lambda accion: url_for(".paso", programa_id=programa_id, accion=accion),
        ),
    )


def _al_empezar(
    accion: Accion, uno: Programa, requisitos: RequisitosDePrograma | None
) -> dict[str, Any]:
    if accion is Accion.EDITAR:
        return {campo: getattr(uno, campo) for campo in DatosProgramaSchema().fields}
    if accion is Accion.EXIGIR and requisitos is not None:
        filas = {fila["codigo"]: fila for fila in requisitos.requisitos}
        return {r: filas.get(r, {}) for r in CASILLAS} | {"fuente": requisitos.fuente}
    return {}


def _editar(session: Session, programa_id: UUID, datos: Any) -> Programa:
    responsable = equipo().encargado(datos.responsable_id)
    return actions.editar(session, programa_id, datos, responsable, actor())


_SCHEMAS: Mapping[Accion, type[Schema]] = {
    Accion.EDITAR: DatosProgramaSchema,
    Accion.EXIGIR: RequisitosEnRenglonesSchema,
    Accion.ASIGNAR: AsignacionSchema,
    Accion.ABRIR: _PasoSchema,
    Accion.CERRAR: _PasoSchema,
}

_HACER: Mapping[Accion, Callable[[Session, UUID, Any], Programa]] = {
    Accion.EDITAR: _editar,
    Accion.EXIGIR: lambda s, cual, datos: actions.exigir(s, cual, datos, actor(), clock.now()),
    Accion.ASIGNAR: lambda s, cual, datos: actions.asignar(s, cual, datos, actor(), clock.now()),
    Accion.ABRIR: lambda s, cual, datos: actions.abrir(s, cual, datos["version"], actor()),
    Accion.CERRAR: lambda s, cual, datos: actions.cerrar(s, cual, datos["version"], actor()),
}
