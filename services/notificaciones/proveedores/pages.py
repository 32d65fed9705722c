"""Entrance: the operator's page of providers."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from notificaciones.mensajes import etiquetas as de_mensajes
from notificaciones.proveedores import actions, etiquetas, queries
from notificaciones.proveedores.desvio import Desvio
from notificaciones.proveedores.queries import Panorama
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.conditional import vivo

bp = Blueprint("proveedores_paginas", __name__, url_prefix="/notificaciones/proveedores")


@bp.get("")
@requires("notificaciones.proveedor.ver")
def lista() -> str:
    """Every provider: how it is, and what today took of it."""
    return render_template("notificaciones/proveedores/lista.html", **_seen(_panorama()))


@bp.get("/tabla")
@requires("notificaciones.proveedor.ver")
def tabla() -> Response:
    """The part of the page that lives."""
    fragment = render_template("notificaciones/proveedores/_tabla.html", **_seen(_panorama()))
    return vivo(fragment, lambda: fragment)


@bp.post("/<clave>/pausa")
@requires("notificaciones.proveedor.operar")
def pausar(clave: str) -> ResponseReturnValue:
    """Take one out of service."""
    queries.exigir(_ways(), clave)
    with env().db.begin() as session:
        actions.pausar(session, clave, actor())
    flash(_("Está en pausa: lo que espera sale por otro, o cuando lo reanude."), "success")
    return redirect(url_for(".lista"), 303)


@bp.post("/<clave>/reanudacion")
@requires("notificaciones.proveedor.operar")
def reanudar(clave: str) -> ResponseReturnValue:
    """Put it back."""
    queries.exigir(_ways(), clave)
    with env().db.begin() as session:
        actions.reanudar(session, clave, actor())
    flash(_("Se le envía otra vez."), "success")
    return redirect(url_for(".lista"), 303)


def _ways() -> Desvio:
    return Desvio.de(env().settings, env().db)


def _panorama() -> Panorama:
    with env().db.read() as session:
        return queries.panorama(session, _ways())


def _seen(panorama: Panorama) -> dict[str, object]:
    return {
        "panorama": panorama,
        "a_prueba": _ways().a_prueba,
        "opera": puede("notificaciones.proveedor.operar"),
        "canales": de_mensajes.CANALES,
        "saludes": etiquetas.SALUDES,
        "tonos": etiquetas.TONOS,
    }
