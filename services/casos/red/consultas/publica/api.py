"""Entrance: the institution's link about its own services, as JSON. Public on purpose: the token is
the key.
"""

from uuid import UUID

from casos.red.consultas import actions
from casos.red.consultas.correccion import Correccion
from casos.red.consultas.models import ConsultaRed
from casos.red.consultas.schemas import ConsultaDelEnlaceSchema, CorreccionSchema
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import public
from oficina.web.blueprint import Blueprint
from oficina.web.limits import limited

bp = Blueprint(
    "consulta_enlace", __name__, url_prefix="/casos/api/v1/red/consulta/enlace", description="Red"
)


@bp.get("/<token>")
@bp.response(200, ConsultaDelEnlaceSchema)
@public
@limited("30/minute")
def abrir(token: str) -> ConsultaRed:
    """Lo que está escrito de los servicios de una institución; abrirlo no cambia nada"""
    return _vista(token)


@bp.post("/<token>/conformidad")
@bp.response(200, ConsultaDelEnlaceSchema)
@public
@limited("30/minute")
def todo_conforme(token: str) -> ConsultaRed:
    """Todo lo que falta contestar está bien como está escrito"""
    with env().db.begin() as session:
        actions.confirmar(session, token, None, clock.now())
    return _vista(token)


@bp.post("/<token>/servicios/<uuid:servicio_id>/conformidad")
@bp.response(200, ConsultaDelEnlaceSchema)
@public
@limited("30/minute")
def conforme(token: str, servicio_id: UUID) -> ConsultaRed:
    """Un servicio está bien como está escrito"""
    with env().db.begin() as session:
        actions.confirmar(session, token, servicio_id, clock.now())
    return _vista(token)


@bp.post("/<token>/servicios/<uuid:servicio_id>/correccion")
@bp.arguments(CorreccionSchema)
@bp.response(200, ConsultaDelEnlaceSchema)
@public
@limited("30/minute")
def corregir(dicho: Correccion, token: str, servicio_id: UUID) -> ConsultaRed:
    """Proponer lo que debe decir de un servicio; la oficina lo revisa"""
    with env().db.begin() as session:
        actions.corregir(session, token, servicio_id, dicho, clock.now())
    return _vista(token)


def _vista(token: str) -> ConsultaRed:
    with env().db.begin() as session:
        return actions.abrir(session, token)
