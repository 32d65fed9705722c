"""Entrance: deadlines, as JSON: what is late, and one for the services that write about it."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from casos.alcance import Alcance
from casos.expedientes.queries import solo_para
from casos.plazos import atrasos, queries
from casos.plazos.atrasos import FiltroPlazos
from casos.plazos.schemas import FiltroPlazosSchema, PanoramaDePlazosSchema, SeguimientoSchema
from casos.plazos.vistas import como_datos
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires

bp = Blueprint("plazos", __name__, url_prefix="/casos/api/v1/plazos", description="Plazos")


@bp.get("")
@bp.arguments(FiltroPlazosSchema, location="query")
@bp.response(200, PanoramaDePlazosSchema)
@requires("casos.plazo.listar")
def listar(filtro: FiltroPlazos) -> dict[str, Any]:
    """Plazos que corren o están en pausa: los vencidos primero, con sus cuentas y de quién son"""
    with env().db.read() as session:
        panorama = atrasos.panorama(session, filtro, Alcance.de(actor()), clock.now())
    registrar_lectura(
        env().db, actor(), "casos.plazo.listar", "caso", None, cantidad=len(panorama.filas)
    )
    return como_datos(panorama)


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
