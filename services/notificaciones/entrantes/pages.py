"""Entrance: the tray of what people answered."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from notificaciones.entrantes import actions, alcance, etiquetas, queries
from notificaciones.entrantes.schemas import VersionSchema, VistaSchema
from notificaciones.mensajes.etiquetas import CANALES
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.conditional import check_version

bp = Blueprint("respuestas_paginas", __name__, url_prefix="/notificaciones/respuestas")


@bp.get("")
@requires("notificaciones.respuesta.ver")
def bandeja() -> str:
    """What people answered, the newest first; what waits for somebody unless asked otherwise."""
    filtro = VistaSchema().load(request.args.to_dict())
    halladas = alcance.a_la_vista(env(), filtro, actor())
    registrar_lectura(
        env().db,
        actor(),
        "notificaciones.respuesta.listar",
        "respuesta",
        None,
        cantidad=len(halladas),
    )
    return render_template(
        "notificaciones/entrantes/bandeja.html",
        respuestas=halladas,
        filtro=filtro,
        canales=CANALES,
        efectos=etiquetas.EFECTOS,
        estados=etiquetas.ESTADOS,
        tonos=etiquetas.TONOS,
    )


@bp.post("/<uuid:respuesta_id>/atencion")
@requires("notificaciones.respuesta.atender")
def atender(respuesta_id: UUID) -> ResponseReturnValue:
    """Mark it as attended to."""
    alcance.una(env(), respuesta_id, actor())
    version = VersionSchema(only=["version"], unknown="exclude").load(request.form)["version"]
    with env().db.begin() as session:
        respuesta = queries.respuesta_por_id(session, respuesta_id)
        check_version(respuesta, version)
        actions.atender(session, respuesta, actor())
    flash(_("La respuesta quedó atendida."), "success")
    return redirect(url_for(".bandeja"), 303)
