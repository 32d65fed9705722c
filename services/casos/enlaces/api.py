"""Entrance: the institution's link, as JSON. Public on purpose: the token is the key."""

from flask_smorest import Blueprint

from casos.derivaciones.respuestas import Respuesta
from casos.derivaciones.schemas import DatosRespuesta, EnlaceSchema, RespuestaSchema
from casos.derivaciones.states import Accion
from casos.enlaces import actions as enlaces
from casos.enlaces.actions import VistaEnlace
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import public
from oficina.web.idempotency import withheld
from oficina.web.limits import limited

bp = Blueprint("enlace", __name__, url_prefix="/casos/api/v1/enlace")

ACCIONES = 'any(recibir, aceptar, rechazar, espera, curso, cumplir, "no-lograda")'


@bp.get("/<token>")
@bp.response(200, EnlaceSchema)
@public
@limited("30/minute")
def abrir(token: str) -> VistaEnlace:
    """Lo que se comparte por un enlace; abrirlo no cambia nada"""
    with env().db.begin() as session:
        return enlaces.vista(session, enlaces.abrir(session, token))


@bp.post(f"/<token>/<{ACCIONES}:accion>")
@bp.arguments(RespuestaSchema)
@bp.response(200, EnlaceSchema)
@public
@limited("30/minute")
@withheld("paquete")
def responder(datos: DatosRespuesta, token: str, accion: str) -> VistaEnlace:
    """Responder como institución"""
    respuesta = Respuesta(accion=Accion(accion), motivo=datos.motivo, texto=datos.texto)
    with env().db.begin() as session:
        enlaces.responder_por_enlace(session, token, respuesta, clock.now())
    with env().db.begin() as session:
        return enlaces.vista(session, enlaces.leer(session, token))
