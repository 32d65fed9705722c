"""Entrance: who represents somebody, as JSON."""

from typing import Any
from uuid import UUID

from casos.alcance import Alcance
from casos.personas.queries import persona_a_la_vista
from casos.representantes import actions, queries
from casos.representantes.actions import NuevoRepresentante
from casos.representantes.schemas import NuevoRepresentanteSchema, RepresentantesSchema
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint("representantes", __name__, url_prefix="/casos/api/v1", description="Representantes")


@bp.get("/personas/<uuid:persona_id>/representantes")
@bp.response(200, RepresentantesSchema)
@requires("casos.persona.ver")
def ver(persona_id: UUID) -> dict[str, Any]:
    """Quién representa o apoya a una persona, y quién lo hacía"""
    return _leidos(persona_id)


@bp.post("/personas/<uuid:persona_id>/representantes")
@bp.arguments(NuevoRepresentanteSchema)
@bp.response(201, RepresentantesSchema)
@requires("casos.persona.registrar")
def anotar(nuevo: NuevoRepresentante, persona_id: UUID) -> dict[str, Any]:
    """Anotar quién representa a una persona, y si los mensajes van a quien la representa"""
    with env().db.begin() as session:
        actions.anotar(session, persona_id, nuevo, actor(), clock.now())
    return _leidos(persona_id)


@bp.post("/representantes/<uuid:representante_id>/termino")
@bp.response(200, RepresentantesSchema)
@requires("casos.persona.registrar")
def terminar(representante_id: UUID) -> dict[str, Any]:
    """Anotar que alguien ya no representa a una persona"""
    with env().db.begin() as session:
        uno = actions.terminar(session, representante_id, actor(), clock.now())
    return _leidos(uno.persona_id)


def _leidos(persona_id: UUID) -> dict[str, Any]:
    with env().db.read() as session:
        persona_a_la_vista(session, persona_id, Alcance.de(actor()))
        vistos = queries.de_persona(session, persona_id, Alcance.de(actor()), clock.today())
    registrar_lectura(
        env().db, actor(), "casos.representante.ver", "persona", persona_id, cantidad=len(vistos)
    )
    return {"representantes": vistos}
