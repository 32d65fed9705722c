"""Entrance: JSON of the providers, and what they tell. Receipts are public on purpose: each shows
the credential that the file of providers agrees with it.
"""

from flask import request
from flask_smorest import Blueprint

from notificaciones.mensajes import recibos as acuses
from notificaciones.proveedores import actions, queries
from notificaciones.proveedores.acuses import leer_recibos
from notificaciones.proveedores.desvio import Desvio
from notificaciones.proveedores.firmas import es_suyo
from notificaciones.proveedores.queries import Panorama
from notificaciones.proveedores.schemas import PanoramaSchema
from oficina.clock import real_now
from oficina.errors import NoIdentificado
from oficina.web.app import env
from oficina.web.auth import actor, public, requires

bp = Blueprint(
    "proveedores",
    __name__,
    url_prefix="/notificaciones/api/v1/proveedores",
    description="Quienes llevan los mensajes",
)

recibos_bp = Blueprint(
    "recibos",
    __name__,
    url_prefix="/notificaciones/api/v1/recibos",
    description="Lo que los proveedores avisan después",
)


@bp.get("")
@bp.response(200, PanoramaSchema)
@requires("notificaciones.proveedor.ver")
def proveedores() -> Panorama:
    """Los proveedores: si funcionan, y cuánto se usó de cada uno hoy"""
    with env().db.read() as session:
        return queries.panorama(session, Desvio.de(env().settings, env().db))


@bp.post("/<clave>/pausa")
@bp.response(200, PanoramaSchema)
@requires("notificaciones.proveedor.operar")
def pausar(clave: str) -> Panorama:
    """Dejar de enviar por un proveedor"""
    desvio = Desvio.de(env().settings, env().db)
    queries.exigir(desvio, clave)
    with env().db.begin() as session:
        actions.pausar(session, clave, actor())
        return queries.panorama(session, desvio)


@bp.post("/<clave>/reanudacion")
@bp.response(200, PanoramaSchema)
@requires("notificaciones.proveedor.operar")
def reanudar(clave: str) -> Panorama:
    """Volver a enviar por un proveedor"""
    desvio = Desvio.de(env().settings, env().db)
    queries.exigir(desvio, clave)
    with env().db.begin() as session:
        actions.reanudar(session, clave, actor())
        return queries.panorama(session, desvio)


@recibos_bp.post("/<clave>")
@recibos_bp.response(204)
@public
def recibir(clave: str) -> None:
    """Avisar qué fue de los mensajes; solo un proveedor, con la credencial acordada"""
    ruta = Desvio.de(env().settings, env().db).rutas.get(clave)
    body = request.get_data()
    # A provider that there is not, and one that tells nothing, look like one that is not itself.
    if ruta is None or ruta.recibos is None:
        raise NoIdentificado
    if not es_suyo(ruta.recibos.autenticacion, request.headers, body, real_now()):
        raise NoIdentificado
    dichos = leer_recibos(ruta.recibos, body)
    with env().db.begin() as session:
        acuses.recibir(session, clave, dichos)
