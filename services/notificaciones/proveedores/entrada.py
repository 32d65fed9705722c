"""Entrance: what providers tell, in their own formats. Public on purpose: each shows the credential
that the file of providers agrees with it. No page and no part of the office's API: an answer has no
body.
"""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from notificaciones.mensajes import recibos
from notificaciones.proveedores.acuses import leer_escritos, leer_recibos
from notificaciones.proveedores.configuracion import AutenticacionDeEntrada
from notificaciones.proveedores.desvio import Desvio, Ruta
from notificaciones.proveedores.escucha import escuchar
from notificaciones.proveedores.firmas import es_suyo
from oficina import telemetry
from oficina.clock import real_now
from oficina.errors import DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import public

log = telemetry.get_logger("notificaciones.proveedores")

bp = Blueprint("recibos", __name__, url_prefix="/notificaciones/recibos")


@bp.post("/<clave>")
@public
def recibir(clave: str) -> Response:
    """What became of messages."""
    ruta = _ways().get(clave)
    configurados = ruta.recibos if ruta else None
    body = request.get_data()
    if configurados is None or not _is_it(configurados.autenticacion, body):
        return _ajeno()
    try:
        dichos = leer_recibos(configurados, body)
    except DatosInvalidos:
        return _ilegible(clave)
    with env().db.begin() as session:
        recibos.recibir(session, clave, dichos)
    return Response(status=204)


@bp.post("/<clave>/entrantes")
@public
def entrantes(clave: str) -> Response:
    """What people write to the office."""
    ruta = _ways().get(clave)
    configurados = ruta.entrantes if ruta else None
    body = request.get_data()
    if configurados is None or not _is_it(configurados.autenticacion, body):
        return _ajeno()
    try:
        escritos = leer_escritos(configurados, body)
    except DatosInvalidos:
        return _ilegible(clave)
    for escrito in escritos:
        with env().db.begin() as session:
            escuchar(session, clave, escrito)
    return Response(status=204)


def _ways() -> Mapping[str, Ruta]:
    return Desvio.de(env().settings, env().db).rutas


def _is_it(autenticacion: AutenticacionDeEntrada, body: bytes) -> bool:
    return es_suyo(autenticacion, request.headers, body, real_now())


def _ajeno() -> Response:
    # A provider that there is not, and one that tells nothing, look like one that is not itself.
    log.warning("recibo_ajeno")
    return Response(status=401)


def _ilegible(clave: str) -> Response:
    log.warning("recibo_ilegible", proveedor=clave)
    return Response(status=422)
