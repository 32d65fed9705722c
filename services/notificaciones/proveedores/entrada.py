"""Entrance: what providers tell, in their own formats. Public on purpose: each shows the credential
that the file of providers agrees with it. No page and no part of the office's API: an answer has no
body.
"""

from flask import Blueprint, Response, request

from notificaciones.mensajes import recibos
from notificaciones.proveedores.acuses import leer_recibos
from notificaciones.proveedores.desvio import Desvio
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
    ruta = Desvio.de(env().settings, env().db).rutas.get(clave)
    configurados = ruta.recibos if ruta else None
    body = request.get_data()
    # A provider that there is not, and one that tells nothing, look like one that is not itself.
    if configurados is None or not es_suyo(
        configurados.autenticacion, request.headers, body, real_now()
    ):
        log.warning("recibo_ajeno")
        return Response(status=401)
    try:
        dichos = leer_recibos(configurados, body)
    except DatosInvalidos:
        log.warning("recibo_ilegible", proveedor=clave)
        return Response(status=422)
    with env().db.begin() as session:
        recibos.recibir(session, clave, dichos)
    return Response(status=204)
