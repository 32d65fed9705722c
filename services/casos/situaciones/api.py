"""Entrance: migratory status, as JSON."""

from typing import Any
from uuid import UUID

from casos.alcance import Alcance
from casos.situaciones import actions, queries
from casos.situaciones.models import SituacionMigratoria
from casos.situaciones.schemas import (
    NuevaSituacion,
    NuevaSituacionSchema,
    SituacionesSchema,
    SituacionSchema,
)
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint("situaciones", __name__, url_prefix="/casos/api/v1", description="Situación")


@bp.get("/personas/<uuid:persona_id>/situaciones")
@bp.response(200, SituacionesSchema)
@requires("casos.situacion.ver")
def ver(persona_id: UUID) -> dict[str, Any]:
    """Lo que la persona quiso decir de su situación migratoria, lo más nuevo primero"""
    with env().db.read() as session:
        queries.exigir_legible(session, persona_id, Alcance.de(actor()))
        dichas = queries.situaciones(session, persona_id)
    registrar_lectura(env().db, actor(), "casos.situacion.ver", "persona", persona_id)
    return {"situaciones": dichas}


@bp.post("/personas/<uuid:persona_id>/situaciones")
@bp.arguments(NuevaSituacionSchema)
@bp.response(201, SituacionSchema)
@requires("casos.situacion.ver")
def registrar(datos: NuevaSituacion, persona_id: UUID) -> SituacionMigratoria:
    """Anotar lo que la persona quiso decir; lo anterior queda"""
    with env().db.begin() as session:
        return actions.registrar(session, persona_id, datos, actor(), clock.now())
