"""Entrance: the institution's link, as JSON. Public on purpose: the token is the key."""

from flask import request
from flask_babel import gettext as _

from casos.derivaciones.respuestas import Respuesta
from casos.derivaciones.schemas import DatosRespuesta, EnlaceSchema, RespuestaSchema
from casos.derivaciones.states import Accion
from casos.enlaces import actions as enlaces
from casos.enlaces.actions import VistaEnlace
from casos.enlaces.schemas import ClaveSchema, PasoSchema
from oficina import clock
from oficina.errors import DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import public
from oficina.web.blueprint import Blueprint
from oficina.web.idempotency import withheld
from oficina.web.limits import limited

bp = Blueprint("enlace", __name__, url_prefix="/casos/api/v1/enlace")

PASO = "X-Acogida-Paso"
"""The header with the pass of a printed link."""

ACCIONES = 'any(recibir, aceptar, rechazar, espera, curso, cumplir, "no-lograda")'


@bp.get("/<token>")
@bp.response(200, EnlaceSchema)
@public
@limited("30/minute")
def abrir(token: str) -> VistaEnlace:
    """Lo que se comparte por un enlace; abrirlo no cambia nada"""
    with env().db.begin() as session:
        return enlaces.vista(session, enlaces.abrir(session, token, _paso()))


@bp.post("/<token>/clave")
@bp.arguments(ClaveSchema)
@bp.response(200, PasoSchema)
@public
@limited("10/minute")
@withheld("paso")
def clave(datos: dict[str, str], token: str) -> dict[str, str]:
    """Decir la clave de un enlace impreso; `paso` va en el encabezado X-Acogida-Paso"""
    with env().db.begin() as session:
        paso = enlaces.probar_clave(session, token, datos["clave"])
    if paso is None:
        raise DatosInvalidos({"clave": [_("Esa no es la clave de este enlace.")]})
    return {"paso": paso}


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
        enlaces.responder_por_enlace(session, token, respuesta, clock.now(), _paso())
    with env().db.begin() as session:
        return enlaces.vista(session, enlaces.leer(session, token, _paso()))


def _paso() -> str | None:
    return request.headers.get(PASO)
