"""Entrance: blocks of people's data, as JSON."""

from typing import Any
from uuid import UUID

from casos.bloqueos import actions, queries
from casos.bloqueos.models import Bloqueo
from casos.bloqueos.schemas import BloqueoSchema, BloqueosSchema, LevantamientoSchema
from casos.derechos.actions import bloquear_mientras
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import check_version, etag_of, versioned

bp = Blueprint("bloqueos", __name__, url_prefix="/casos/api/v1", description="Bloqueos")

Answer = tuple[Bloqueo, int, dict[str, str]]


@bp.get("/bloqueos")
@bp.response(200, BloqueosSchema)
@requires("casos.bloqueo.gestionar")
def bloqueos() -> dict[str, Any]:
    """Los bloqueos vigentes, el más antiguo primero"""
    with env().db.read() as session:
        hallados = queries.vigentes(session)
    registrar_lectura(
        env().db, actor(), "casos.bloqueo.listar", "persona", None, cantidad=len(hallados)
    )
    return {"bloqueos": hallados}


@bp.get("/bloqueos/<uuid:bloqueo_id>")
@bp.response(200, BloqueoSchema)
@requires("casos.bloqueo.gestionar")
@versioned
def ver(bloqueo_id: UUID) -> Answer:
    """Un bloqueo, también si ya se levantó"""
    with env().db.read() as session:
        hallado = queries.bloqueo_por_id(session, bloqueo_id)
    registrar_lectura(env().db, actor(), "casos.bloqueo.ver", "persona", hallado.persona_id)
    return hallado, 200, etag_of(hallado)


@bp.post("/bloqueos/<uuid:bloqueo_id>/levantamiento")
@bp.arguments(LevantamientoSchema)
@bp.response(200, BloqueoSchema)
@requires("casos.bloqueo.gestionar")
@versioned
def levantar(pedido: dict[str, str], bloqueo_id: UUID) -> Answer:
    """Desbloquear los datos de una persona"""
    with env().db.begin() as session:
        check_version(queries.bloqueo_por_id(session, bloqueo_id), None)
        hecho = actions.levantar(session, bloqueo_id, pedido["motivo"], actor(), clock.now())
    return hecho, 200, etag_of(hecho)


@bp.post("/derechos/<uuid:solicitud_id>/bloqueo")
@bp.response(201, BloqueoSchema)
@requires("casos.bloqueo.gestionar")
def bloquear(solicitud_id: UUID) -> Answer:
    """Bloquear los datos de la persona mientras se resuelve su solicitud"""
    with env().db.begin() as session:
        hecho = bloquear_mientras(session, solicitud_id, actor(), clock.now())
    return hecho, 201, etag_of(hecho)
