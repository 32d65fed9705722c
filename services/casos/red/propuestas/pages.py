"""Entrance: the pages of what is not in the directory."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.etiquetas import etiqueta, opciones
from casos.red.models import Ambito, TipoInstitucion
from casos.red.propuestas import actions, queries
from casos.red.propuestas.actions import NuevaPropuesta
from casos.red.propuestas.models import PropuestaRed
from casos.red.propuestas.schemas import (
    MODOS_SIN_ENLACE,
    AceptacionSchema,
    DescarteSchema,
    NuevaPropuestaSchema,
    UnionSchema,
)
from casos.red.propuestas.states import MotivoDescarte, PasoPropuesta
from casos.red.queries import instituciones
from casos.subtemas.presentes import se_ofrece, temas_ofrecidos
from oficina.errors import DatosInvalidos, TransicionInvalida, VersionVencida
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form
from oficina.web.i18n import language

bp = Blueprint("red_propuestas_paginas", __name__, url_prefix="/casos/red/propuestas")

PASOS = "any({})".format(", ".join(sorted(PasoPropuesta)))


@bp.get("")
@requires("casos.red.editar")
def lista() -> str:
    """What waits to be looked at."""
    todas = request.args.get("ver") == "todas"
    with env().db.read() as session:
        filas = queries.propuestas(session, todas=todas)
    return render_template(
        "casos/red/propuestas/lista.html", propuestas=filas, todas=todas, maximo=queries.MAXIMO
    )


@bp.route("/nueva", methods=["GET", "POST"])
@requires("casos.red.proponer")
def nueva() -> ResponseReturnValue:
    """Write down a service that is not in the list."""
    tema = request.args.get("tema", "")
    form = Form(
        NuevaPropuestaSchema(),
        {
            "caso": request.args.get("caso", type=UUID),
            "reemplaza_a": request.args.get("reemplaza_a", type=UUID),
            "servicio": request.args.get("q", ""),
            "temas": [tema] if se_ofrece(tema) else [],
            "modo": MODOS_SIN_ENLACE[0],
        },
    )
    if form.valid:
        try:
            with env().db.begin() as session:
                hecha = actions.proponer(session, form.data, actor())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("Quedó anotado. La coordinación lo revisará."), "success")
            return redirect(_despues(hecha, form.data), 303)
    with env().db.read() as session:
        conocidas = instituciones(session)
    page = render_template(
        "casos/red/propuestas/nueva.html",
        form=form,
        instituciones=[(una.id, una.titulo) for una in conocidas],
        temas=list(temas_ofrecidos(language()).items()),
        modos=[(modo.value, etiqueta(modo)) for modo in MODOS_SIN_ENLACE],
    )
    return page, 422 if form.sent else 200


@bp.get("/<uuid:propuesta_id>")
@requires("casos.red.editar")
def ver(propuesta_id: UUID) -> str:
    """A proposal, and what it can be."""
    return _pagina(propuesta_id, {})


@bp.post(f"/<uuid:propuesta_id>/<{PASOS}:paso>")
@requires("casos.red.editar")
def decidir(propuesta_id: UUID, paso: str) -> ResponseReturnValue:
    """Say what it is."""
    pedido = PasoPropuesta(paso)
    form = Form(_SCHEMAS[pedido]())
    status = 422
    if form.valid:
        try:
            _decidir(propuesta_id, pedido, form.data)
        except DatosInvalidos as error:
            form.add_errors(error)
        except (TransicionInvalida, VersionVencida) as error:
            form.add_error("", error.detail or _(error.title))
            status = error.status
        else:
            flash(_("El directorio quedó al día."), "success")
            return redirect(url_for(".lista"), 303)
    return _pagina(propuesta_id, {pedido: form}), status


_SCHEMAS = {
    PasoPropuesta.ACEPTAR: AceptacionSchema,
    PasoPropuesta.UNIR: UnionSchema,
    PasoPropuesta.DESCARTAR: DescarteSchema,
}


def _decidir(propuesta_id: UUID, paso: PasoPropuesta, datos: Any) -> None:
    with env().db.begin() as session:
        match paso:
            case PasoPropuesta.ACEPTAR:
                actions.aceptar(session, propuesta_id, datos, actor())
            case PasoPropuesta.UNIR:
                cual = datos["servicio_id"]
                actions.unir(session, propuesta_id, cual, datos["version"], actor())
            case PasoPropuesta.DESCARTAR:
                motivo = datos["motivo"]
                actions.descartar(session, propuesta_id, motivo, datos["version"], actor())


def _pagina(propuesta_id: UUID, enviados: dict[PasoPropuesta, Form]) -> str:
    with env().db.read() as session:
        una = queries.propuesta_por_id(session, propuesta_id)
        catalogados = queries.catalogados(session)
    formas = {
        paso: Form(schema(), _inicial(una) if paso is PasoPropuesta.ACEPTAR else {}, sent=False)
        for paso, schema in _SCHEMAS.items()
    }
    return render_template(
        "casos/red/propuestas/ver.html",
        una=una,
        formas=formas | enviados,
        enviado=next(iter(enviados.values()), None),
        servicios=[(s.id, f"{s.institucion.rotulo} · {s.nombre}") for s in catalogados],
        tipos=opciones(TipoInstitucion),
        ambitos=opciones(Ambito),
        motivos=opciones(MotivoDescarte),
    )


def _inicial(una: PropuestaRed) -> dict[str, Any]:
    institucion = una.servicio.institucion
    return {
        "servicio": una.servicio.nombre,
        "institucion": institucion.nombre,
        "tipo": institucion.tipo,
        "ambito": institucion.ambito,
    }


def _despues(hecha: PropuestaRed, datos: NuevaPropuesta) -> str:
    if datos.caso is None:
        return url_for("red_paginas.directorio")
    return url_for(
        "derivaciones_paginas.nueva",
        caso_id=datos.caso,
        servicio=hecha.servicio_id,
        reemplaza_a=datos.reemplaza_a,
    )
