"""JSON of the tray of a municipal unit."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from casos.alcance import Alcance
from casos.derivaciones.respuestas import Respuesta
from casos.derivaciones.schemas import DatosRespuesta, EnlaceSchema, RespuestaSchema
from casos.derivaciones.states import Accion
from casos.enlaces.actions import VistaEnlace, vista
from casos.enlaces.api import ACCIONES
from casos.unidad import actions, queries
from casos.unidad.queries import FiltroRecibidas
from casos.unidad.schemas import FiltroRecibidasSchema, RecibidasSchema
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.idempotency import withheld

bp = Blueprint("unidad_api", __name__, url_prefix="/casos/api/v1/unidad", description="Unidades")


@bp.get("/derivaciones")
@bp.arguments(FiltroRecibidasSchema, location="query")
@bp.response(200, RecibidasSchema)
@requires("casos.unidad.ver")
def recibidas(filtro: FiltroRecibidas) -> dict[str, Sequence[Any]]:
    """Derivaciones a la unidad de quien pregunta: primero las que esperan, por vencimiento"""
    with env().db.read() as session:
        halladas = queries.recibidas(session, Alcance.de(actor()), filtro, clock.now())
    registrar_lectura(
        env().db,
        actor(),
        "casos.unidad.listar",
        "derivacion",
        None,
        cantidad=len(halladas),
    )
    return {"derivaciones": halladas}


@bp.get("/derivaciones/<uuid:derivacion_id>")
@bp.response(200, EnlaceSchema)
@requires("casos.unidad.ver")
def ver(derivacion_id: UUID) -> VistaEnlace:
    """Lo que se comparte con la unidad, y lo que puede responder"""
    return _vista(derivacion_id)


@bp.post(f"/derivaciones/<uuid:derivacion_id>/<{ACCIONES}:accion>")
@bp.arguments(RespuestaSchema)
@bp.response(200, EnlaceSchema)
@requires("casos.unidad.responder")
@withheld("paquete")
def responder(datos: DatosRespuesta, derivacion_id: UUID, accion: str) -> VistaEnlace:
    """Responder como unidad"""
    respuesta = Respuesta(accion=Accion(accion), motivo=datos.motivo, texto=datos.texto)
    with env().db.begin() as session:
        actions.responder(session, derivacion_id, respuesta, actor(), clock.now())
    return _vista(derivacion_id)


def _vista(derivacion_id: UUID) -> VistaEnlace:
    with env().db.read() as session:
        hallada = queries.recibida(session, derivacion_id, Alcance.de(actor()))
        mostrada = vista(session, hallada)
    registrar_lectura(env().db, actor(), "casos.unidad.ver", "derivacion", derivacion_id)
    return mostrada
