"""Entrance: deadlines, as JSON, for the services that write about them."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from casos.expedientes.queries import solo_para
from casos.plazos import queries
from casos.plazos.schemas import SeguimientoSchema
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires

bp = Blueprint("plazos", __name__, url_prefix="/casos/api/v1/plazos", description="Plazos")


@bp.get("/<uuid:plazo_id>")
@bp.response(200, SeguimientoSchema)
@requires("casos.plazo.ver")
def plazo(plazo_id: UUID) -> dict[str, Any]:
    """Si un plazo corre todavía y quién responde por su caso; solo para servicios"""
    with env().db.read() as session:
        hallado = queries.seguimiento(session, plazo_id)
        solo = solo_para(session, hallado.caso_id)
    registrar_lectura(env().db, actor(), "casos.plazo.ver", "caso", hallado.caso_id)
    return asdict(hallado) | {"solo": solo}
