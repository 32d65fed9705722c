"""Entrance: deaths, as JSON."""

from typing import Any
from uuid import UUID

from casos.alcance import Alcance
from casos.defunciones import actions, queries
from casos.defunciones.models import Defuncion
from casos.defunciones.schemas import (
    AnulacionDeDefuncionSchema,
    DefuncionesSchema,
    DefuncionSchema,
    NuevaDefuncion,
    NuevaDefuncionSchema,
)
from casos.personas.queries import persona_a_la_vista
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint("defunciones", __name__, url_prefix="/casos/api/v1", description="Defunciones")

Answer = tuple[Defuncion, int, dict[str, str]]


@bp.get("/personas/<uuid:persona_id>/defunciones")
@bp.response(200, DefuncionesSchema)
@requires("casos.persona.ver")
def de_persona(persona_id: UUID) -> dict[str, Any]:
    """Si se anotó que la persona falleció, y lo que se anuló, lo más nuevo primero"""
    with env().db.read() as session:
        persona_a_la_vista(session, persona_id, Alcance.de(actor()))
        halladas = queries.de_persona(session, persona_id)
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona_id)
    return {"defunciones": halladas}


@bp.post("/personas/<uuid:persona_id>/defunciones")
@bp.arguments(NuevaDefuncionSchema)
@bp.response(201, DefuncionSchema)
@requires("casos.persona.registrar")
def registrar(datos: NuevaDefuncion, persona_id: UUID) -> Answer:
    """Anotar que la persona falleció: nada se le envía desde ese momento"""
    with env().db.begin() as session:
        hecha = actions.registrar(session, persona_id, datos, actor(), clock.now())
    return hecha, 201, etag_of(hecha)


@bp.get("/defunciones/<uuid:defuncion_id>")
@bp.response(200, DefuncionSchema)
@requires("casos.persona.ver")
@versioned
def ver(defuncion_id: UUID) -> Answer:
    """Una anotación de defunción, también si se anuló"""
    with env().db.read() as session:
        hallada = queries.defuncion_por_id(session, defuncion_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", hallada.persona_id)
    return hallada, 200, etag_of(hallada)


@bp.post("/defunciones/<uuid:defuncion_id>/rectificacion")
@bp.arguments(AnulacionDeDefuncionSchema)
@bp.response(200, DefuncionSchema)
@requires("casos.persona.registrar")
@versioned
def anular(pedido: dict[str, str], defuncion_id: UUID) -> Answer:
    """Anular una anotación hecha por error"""
    with env().db.begin() as session:
        hecha = actions.anular(session, defuncion_id, pedido["motivo"], None, actor(), clock.now())
    return hecha, 200, etag_of(hecha)
