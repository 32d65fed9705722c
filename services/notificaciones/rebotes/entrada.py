"""Entrance: mail that came back, as the mail server of the office hands it over. Public on purpose:
it shows the secret that was agreed with that server.

What reports nothing is taken all the same, and forgotten: the server has done its part.
"""

from flask import Blueprint, Response, request

from notificaciones.proveedores.configuracion import AutenticacionDeEntrada, Credencial
from notificaciones.proveedores.firmas import es_suyo
from notificaciones.rebotes import actions, informe
from oficina import telemetry
from oficina.clock import real_now
from oficina.web.app import env
from oficina.web.auth import public

log = telemetry.get_logger("notificaciones.rebotes")

bp = Blueprint("rebotes", __name__, url_prefix="/notificaciones/recibos/correo")

CABECERA = "X-Acogida-Clave"


@bp.post("/rebotes")
@public
def recibir() -> Response:
    """One mail, whole, as it came in (message/rfc822)."""
    settings = env().settings
    body = request.get_data()
    agreed = AutenticacionDeEntrada(
        tipo=Credencial.TOKEN, cabecera=CABECERA, secreto=settings.rebotes_clave
    )
    if not settings.rebotes_dominio or not es_suyo(agreed, request.headers, body, real_now()):
        log.warning("rebote_ajeno")
        return Response(status=401)
    leido = informe.leer(body, settings.rebotes_dominio)
    if leido is None:
        log.info("correo_que_no_informa")
        return Response(status=204)
    with env().db.begin() as session:
        nuevo = actions.recibir(session, leido)
    log.info("rebote", mensaje_id=leido.mensaje_id, codigo=leido.codigo, nuevo=nuevo)
    return Response(status=204)
