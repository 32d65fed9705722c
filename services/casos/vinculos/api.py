"""Entrance: relations, as JSON."""

from typing import Any
from uuid import UUID

from casos.alcance import Alcance
from casos.personas.queries import persona_a_la_vista
from casos.vinculos import actions, queries
from casos.vinculos.actions import NuevoVinculo, Termino
from casos.vinculos.schemas import NuevoVinculoSchema, TerminoDeVinculoSchema, VinculosSchema
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint("vinculos", __name__, url_prefix="/casos/api/v1", description="Vínculos")


@bp.get("/personas/<uuid:persona_id>/vinculos")
@bp.response(200, VinculosSchema)
@requires("casos.persona.ver")
def ver(persona_id: UUID) -> dict[str, Any]:
    """Quiénes son parientes o cercanos de una persona, de los que usted puede ver"""
    return _leidos(persona_id)


@bp.post("/personas/<uuid:persona_id>/vinculos")
@bp.arguments(NuevoVinculoSchema)
@bp.response(201, VinculosSchema)
@requires("casos.persona.registrar")
def anotar(nuevo: NuevoVinculo, persona_id: UUID) -> dict[str, Any]:
    """Anotar qué es alguien de una persona; desde la otra ficha se ve al revés"""
    with env().db.begin() as session:
        actions.anotar(session, persona_id, nuevo, actor(), clock.now())
    return _leidos(persona_id)


@bp.post("/vinculos/<uuid:vinculo_id>/termino")
@bp.arguments(TerminoDeVinculoSchema)
@bp.response(200, VinculosSchema)
@requires("casos.persona.registrar")
def terminar(termino: Termino, vinculo_id: UUID) -> dict[str, Any]:
    """Anotar que un vínculo terminó, o que se había anotado por error"""
    with env().db.begin() as session:
        uno = actions.terminar(session, vinculo_id, termino, actor(), clock.now())
    return _leidos(uno.persona_id)


def _leidos(persona_id: UUID) -> dict[str, Any]:
    with env().db.read() as session:
        persona_a_la_vista(session, persona_id, Alcance.de(actor()))
        vistos = queries.de_persona(session, persona_id, Alcance.de(actor()))
    registrar_lectura(
        env().db, actor(), "casos.vinculo.ver", "persona", persona_id, cantidad=len(vistos)
    )
    return {"vinculos": vistos}
