"""Entrance: the pages of deliveries, goods and accounts."""

from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.etiquetas import opciones
from casos.formularios import intentar
from casos.programas.entregas import actions, queries, vistas
from casos.programas.entregas.acta import PLANTILLA, documento
from casos.programas.entregas.models import Receptor, TipoExistencia
from casos.programas.entregas.schemas import (
    NuevaRendicionSchema,
    NuevoArticuloSchema,
    NuevoMovimientoSchema,
    entrega_en_casillas,
)
from casos.programas.postulaciones import vistas as postulaciones
from casos.programas.postulaciones.pages import como_esta
from casos.programas.postulaciones.states import Accion
from casos.programas.queries import programa_por_id
from oficina import clock
from oficina.errors import Conflicto, DatosInvalidos
from oficina.membrete import Membrete
from oficina.pdf import hacer_pdf
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.files import as_file
from oficina.web.forms import Form

bp = Blueprint("entregas_paginas", __name__, url_prefix="/casos")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("/postulaciones/<uuid:postulacion_id>/entregar", methods=["GET", "POST"])
@requires("casos.postulacion.seguir")
def entregar(postulacion_id: UUID) -> ResponseReturnValue:
    """Hand over what was granted; its act is printed from the application."""
    una, _aparte = postulaciones.vista(postulacion_id)
    with env().db.read() as session:
        articulos = queries.articulos(session, una.programa_id)
    schema = entrega_en_casillas([uno.id for uno in articulos])
    form = Form(schema, {"receptor": Receptor.TITULAR, "version": una.version})
    intento = intentar(
        form,
        lambda s: actions.entregar(s, postulacion_id, form.data, actor(), clock.now()),
        lambda s: como_esta(s, postulacion_id, Accion.ENTREGAR),
    )
    if hecha := intento.resultado:
        flash(_("Entrega %(folio)s anotada: imprima su acta.", folio=hecha.folio), "success")
        return redirect(url_for("postulaciones_paginas.ver", postulacion_id=postulacion_id), 303)
    page = render_template(
        "casos/programas/entregar.html",
        form=form,
        una=una,
        receptores=opciones(Receptor),
        casillas=list(zip((f for f in schema.fields if f[1:].isdigit()), articulos, strict=False)),
    )
    return page, intento.status


@bp.get("/entregas/<uuid:beneficio_id>/acta.pdf")
@requires("casos.postulacion.ver")
def acta(beneficio_id: UUID) -> Response:
    """The act of a delivery, to be signed."""
    una = vistas.entrega(beneficio_id)
    lugar = url_for("postulaciones_paginas.ver", postulacion_id=una.postulacion_id)
    direccion = env().settings.base_url + lugar
    pdf = hacer_pdf(
        PLANTILLA, documento(una, direccion, Membrete.de(env().settings), una.entregada_en)
    )
    respuesta: Response = current_app.response_class(pdf, mimetype="application/pdf")
    return as_file(respuesta, f"{una.folio}.pdf")


@bp.route("/programas/<uuid:programa_id>/existencias", methods=["GET", "POST"])
@requires("casos.programa.editar")
def existencias(programa_id: UUID) -> ResponseReturnValue:
    """What a programme keeps, and another kind of thing."""
    form = Form(NuevoArticuloSchema())
    if form.valid:
        try:
            with env().db.begin() as session:
                hecho = actions.agregar_articulo(session, programa_id, form.data, actor())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("Se agregó el artículo."), "success")
            return redirect(url_for(".articulo", articulo_id=hecho.id), 303)
    with env().db.read() as session:
        programa = programa_por_id(session, programa_id)
        articulos = queries.articulos(session, programa_id)
    page = render_template(
        "casos/programas/existencias.html", form=form, programa=programa, articulos=articulos
    )
    return page, 422 if form.sent else 200


@bp.route("/existencias/<uuid:articulo_id>", methods=["GET", "POST"])
@requires("casos.programa.editar")
def articulo(articulo_id: UUID) -> ResponseReturnValue:
    """A kind of thing: how many there are and how it came to that; take in, or correct."""
    form = Form(NuevoMovimientoSchema(), {"tipo": TipoExistencia.ENTRADA})
    status = 422 if form.sent else 200
    if form.valid:
        try:
            with env().db.begin() as session:
                actions.mover_existencias(session, articulo_id, form.data, actor(), clock.now())
        except Conflicto as error:
            form.add_error("cantidad", error.detail)
            status = error.status
        else:
            flash(_("Se anotó."), "success")
            return redirect(url_for(".articulo", articulo_id=articulo_id), 303)
    with env().db.read() as session:
        uno = queries.articulo_por_id(session, articulo_id)
        lineas = queries.movimientos(session, articulo_id)
    page = render_template(
        "casos/programas/articulo.html",
        form=form,
        uno=uno,
        movimientos=lineas,
        tipos=opciones(TipoExistencia, TipoExistencia.SALIDA),
        maximo=queries.MAXIMO,
    )
    return page, status


@bp.route("/programas/<uuid:programa_id>/rendiciones", methods=["GET", "POST"])
@requires("casos.rendicion.ver")
def rendiciones(programa_id: UUID) -> ResponseReturnValue:
    """The accounts of a programme, and another one."""
    form = Form(NuevaRendicionSchema(), {"hasta": clock.today()})
    status = 422 if form.sent else 200
    if form.valid:
        try:
            with env().db.begin() as session:
                hecha = actions.rendir(
                    session, programa_id, form.data["hasta"], actor(), clock.now()
                )
        except Conflicto as error:
            form.add_error("hasta", error.detail)
            status = error.status
        else:
            return redirect(url_for(".rendicion", rendicion_id=hecha.id), 303)
    with env().db.read() as session:
        programa = programa_por_id(session, programa_id)
        todas = queries.rendiciones(session, programa_id)
    page = render_template(
        "casos/programas/rendiciones.html", form=form, programa=programa, rendiciones=todas
    )
    return page, status


@bp.get("/rendiciones/<uuid:rendicion_id>")
@requires("casos.rendicion.ver")
def rendicion(rendicion_id: UUID) -> str:
    """An account, delivery by delivery."""
    una, filas = vistas.con_filas(rendicion_id)
    return render_template(
        "casos/programas/rendicion.html", una=una, filas=filas, titulo=vistas.titulo(una)
    )


@bp.get("/rendiciones/<uuid:rendicion_id>/rendicion.csv")
@requires("casos.rendicion.ver")
def en_csv(rendicion_id: UUID) -> Response:
    """An account as CSV."""
    una, filas = vistas.con_filas(rendicion_id)
    respuesta: Response = current_app.response_class(vistas.a_csv(filas), mimetype="text/csv")
    return as_file(respuesta, f"{una.folio}.csv")


@bp.get("/rendiciones/<uuid:rendicion_id>/rendicion.xlsx")
@requires("casos.rendicion.ver")
def en_xlsx(rendicion_id: UUID) -> Response:
    """An account as a workbook."""
    una, filas = vistas.con_filas(rendicion_id)
    respuesta: Response = current_app.response_class(vistas.a_xlsx(una, filas), mimetype=XLSX)
    return as_file(respuesta, f"{una.folio}.xlsx")
