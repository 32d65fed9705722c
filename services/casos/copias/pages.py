"""Entrance: asking for a copy, seeing how far it is, and taking it along while it may be."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.copias import actions, queries
from casos.copias.models import CopiaDeDatos
from casos.copias.states import POR_HACER
from casos.derechos.queries import solicitud_por_id
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.conditional import vivo
from oficina.web.files import as_file

bp = Blueprint("copias_paginas", __name__, url_prefix="/casos")


@bp.post("/derechos/<uuid:solicitud_id>/copias")
@requires("casos.derecho.copiar")
def pedir(solicitud_id: UUID) -> ResponseReturnValue:
    """Ask for a copy."""
    with env().db.begin() as session:
        actions.pedir(session, solicitud_id, actor(), clock.now())
    flash(_("La copia se está preparando."), "success")
    return redirect(url_for("derechos_paginas.ver", solicitud_id=solicitud_id), 303)


@bp.get("/derechos/<uuid:solicitud_id>/copias")
@requires("casos.derecho.copiar")
def avance(solicitud_id: UUID) -> Response:
    """The part of the page that lives: how far each copy is."""
    with env().db.read() as session:
        solicitud_por_id(session, solicitud_id)
        copias = queries.de_solicitud(session, solicitud_id)

    def render() -> str:
        registrar_lectura(env().db, actor(), "casos.derecho.ver", "solicitud", solicitud_id)
        return render_template(
            "casos/derechos/_copias.html",
            copias=copias,
            solicitud_id=solicitud_id,
            por_hacer=POR_HACER,
        )

    return vivo(huella(copias), render)


@bp.get("/derechos/<uuid:solicitud_id>/copias/<uuid:copia_id>.pdf")
@requires("casos.derecho.copiar")
def pdf(solicitud_id: UUID, copia_id: UUID) -> Response:
    """The document to read."""
    copia = _tomada(solicitud_id, copia_id)
    return _descarga(copia.pdf, f"acogida-copia-{copia.id}.pdf", "application/pdf")


@bp.get("/derechos/<uuid:solicitud_id>/copias/<uuid:copia_id>.json")
@requires("casos.derecho.copiar")
def portable(solicitud_id: UUID, copia_id: UUID) -> Response:
    """The same for machines."""
    copia = _tomada(solicitud_id, copia_id)
    texto = (copia.json_sellado or "").encode()
    return _descarga(texto, f"acogida-copia-{copia.id}.json", "application/json")


def huella(copias: Sequence[CopiaDeDatos]) -> str:
    """The mark by which the living part tells that it changed."""
    return "|".join(f"{una.id}:{una.estado}:{una.progreso}" for una in copias)


def _tomada(solicitud_id: UUID, copia_id: UUID) -> CopiaDeDatos:
    with env().db.read() as session:
        copia = queries.archivos(session, solicitud_id, copia_id, clock.now())
    registrar_lectura(env().db, actor(), "casos.copia.descargar", "persona", copia.persona_id)
    return copia


def _descarga(contenido: bytes, nombre: str, tipo: str) -> Response:
    respuesta: Response = current_app.response_class(contenido, mimetype=tipo)
    return as_file(respuesta, nombre)
