"""Entrance: copies of somebody's data, as JSON; their files are those of the pages."""

from typing import Any
from uuid import UUID

from casos.copias import actions, queries
from casos.copias.models import CopiaDeDatos
from casos.copias.schemas import CopiaSchema, CopiasSchema
from casos.derechos.queries import solicitud_por_id
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint("copias", __name__, url_prefix="/casos/api/v1/derechos", description="Copias")


@bp.post("/<uuid:solicitud_id>/copias")
@bp.response(202, CopiaSchema)
@requires("casos.derecho.copiar")
def pedir(solicitud_id: UUID) -> CopiaDeDatos:
    """Preparar una copia de todo lo que la oficina tiene de la persona de una solicitud"""
    with env().db.begin() as session:
        return actions.pedir(session, solicitud_id, actor(), clock.now())


@bp.get("/<uuid:solicitud_id>/copias")
@bp.response(200, CopiasSchema)
@requires("casos.derecho.copiar")
def copias(solicitud_id: UUID) -> dict[str, Any]:
    """Las copias de una solicitud, con su avance y hasta cuándo se descargan"""
    with env().db.read() as session:
        solicitud_por_id(session, solicitud_id)
        hechas = queries.de_solicitud(session, solicitud_id)
    registrar_lectura(env().db, actor(), "casos.derecho.ver", "solicitud", solicitud_id)
    return {"copias": hechas}
