"""Entrance: JSON of the providers."""

from notificaciones.proveedores import actions, queries
from notificaciones.proveedores.desvio import Desvio
from notificaciones.proveedores.queries import Panorama
from notificaciones.proveedores.schemas import ProveedoresSchema
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint(
    "proveedores",
    __name__,
    url_prefix="/notificaciones/api/v1/proveedores",
    description="Quienes llevan los mensajes",
)


@bp.get("")
@bp.response(200, ProveedoresSchema)
@requires("notificaciones.proveedor.ver")
def proveedores() -> Panorama:
    """Los proveedores: si funcionan, y cuánto se usó de cada uno hoy"""
    with env().db.read() as session:
        return queries.panorama(session, Desvio.de(env().settings, env().db))


@bp.post("/<clave>/pausa")
@bp.response(200, ProveedoresSchema)
@requires("notificaciones.proveedor.operar")
def pausar(clave: str) -> Panorama:
    """Dejar de enviar por un proveedor"""
    desvio = Desvio.de(env().settings, env().db)
    queries.exigir(desvio, clave)
    with env().db.begin() as session:
        actions.pausar(session, clave, actor())
        return queries.panorama(session, desvio)


@bp.post("/<clave>/reanudacion")
@bp.response(200, ProveedoresSchema)
@requires("notificaciones.proveedor.operar")
def reanudar(clave: str) -> Panorama:
    """Volver a enviar por un proveedor"""
    desvio = Desvio.de(env().settings, env().db)
    queries.exigir(desvio, clave)
    with env().db.begin() as session:
        actions.reanudar(session, clave, actor())
        return queries.panorama(session, desvio)
