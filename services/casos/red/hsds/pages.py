"""Entrance: the directory taken out and brought in as HSDS, on pages."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.red.hsds import actions, formato, queries
from casos.red.hsds.etiquetas import CAMPOS, CLASES
from casos.red.hsds.lectura import MAXIMO_BYTES
from oficina.errors import DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.conditional import form_version
from oficina.web.files import as_file
from oficina.web.messages import flatten

bp = Blueprint("red_hsds_paginas", __name__, url_prefix="/casos/red")


@bp.get("/hsds.json")
@requires("casos.red.ver")
def sacar() -> Response:
    """What anybody may know of the network, as a file."""
    with env().db.read() as session:
        paquete = formato.paquete(queries.servicios(session))
    return as_file(jsonify(paquete), "red-hsds.json")


@bp.route("/cargas/nueva", methods=["GET", "POST"])
@requires("casos.red.editar")
def traer() -> ResponseReturnValue:
    """Bring a file: all its errors at once, or what it would change."""
    errores: Mapping[str, Sequence[Any]] = {}
    if request.method == "POST":
        archivo = request.files.get("archivo")
        contenido = archivo.stream.read(MAXIMO_BYTES + 1) if archivo else b""
        try:
            if not contenido:
                raise DatosInvalidos({"archivo": [_("Elija el archivo.")]})
            with env().db.begin() as session:
                carga = actions.traer(session, contenido, actor())
        except DatosInvalidos as error:
            errores = flatten(error.errores)
        else:
            return redirect(url_for(".ver", carga_id=carga.id), 303)
    page = render_template("casos/red/hsds/traer.html", errores=errores)
    return page, 422 if errores else 200


@bp.get("/cargas/<uuid:carga_id>")
@requires("casos.red.editar")
def ver(carga_id: UUID) -> str:
    """What a file would change."""
    with env().db.read() as session:
        previa = actions.previa(session, carga_id)
    return render_template("casos/red/hsds/ver.html", previa=previa, clases=CLASES, campos=CAMPOS)


@bp.post("/cargas/<uuid:carga_id>/cargar")
@requires("casos.red.editar")
def cargar(carga_id: UUID) -> ResponseReturnValue:
    """Load it."""
    with env().db.begin() as session:
        actions.cargar(session, carga_id, form_version(), actor())
    flash(_("El archivo quedó cargado."), "success")
    return redirect(url_for(".ver", carga_id=carga_id), 303)


@bp.post("/cargas/<uuid:carga_id>/descartar")
@requires("casos.red.editar")
def descartar(carga_id: UUID) -> ResponseReturnValue:
    """Throw it away."""
    with env().db.begin() as session:
        actions.descartar(session, carga_id, form_version(), actor())
    flash(_("El archivo quedó descartado; el directorio no cambió."), "success")
    return redirect(url_for("red_paginas.directorio"), 303)
