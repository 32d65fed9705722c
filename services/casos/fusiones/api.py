"""Entrance: unions of records, as JSON."""

from typing import Any
from uuid import UUID

from casos.alcance import Alcance
from casos.fusiones import actions, queries
from casos.fusiones.models import Fusion
from casos.fusiones.queries import VistaPrevia
from casos.fusiones.schemas import (
    FusionesSchema,
    FusionSchema,
    NuevaFusionSchema,
    ReversionSchema,
    VistaPreviaDeFusionSchema,
)
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import check_version, etag_of, versioned

bp = Blueprint("fusiones", __name__, url_prefix="/casos/api/v1", description="Fichas unidas")

Answer = tuple[Fusion, int, dict[str, str]]


@bp.get("/personas/<uuid:persona_id>/fusion/<uuid:otra_id>")
@bp.response(200, VistaPreviaDeFusionSchema)
@requires("casos.persona.fusionar")
def prever(persona_id: UUID, otra_id: UUID) -> VistaPrevia:
    """Qué haría unir la segunda ficha a la primera, y qué lo impide"""
    with env().db.read() as session:
        vista = queries.vista_previa(session, persona_id, otra_id, Alcance.de(actor()))
    for una in (persona_id, otra_id):
        registrar_lectura(env().db, actor(), "casos.persona.comparar", "persona", una)
    return vista


@bp.get("/fusiones")
@bp.response(200, FusionesSchema)
@requires("casos.persona.fusionar")
def fusiones() -> dict[str, Any]:
    """Las fichas que se unieron, la unión más reciente primero"""
    with env().db.read() as session:
        halladas = queries.todas(session, Alcance.de(actor()))
    registrar_lectura(
        env().db, actor(), "casos.fusion.listar", "persona", None, cantidad=len(halladas)
    )
    return {"fusiones": halladas}


@bp.post("/fusiones")
@bp.arguments(NuevaFusionSchema)
@bp.response(201, FusionSchema)
@requires("casos.persona.fusionar")
def fusionar(pedido: dict[str, Any]) -> Answer:
    """Unir dos fichas de una misma persona, si nadie las cambió desde que se compararon"""
    with env().db.begin() as session:
        hecha = actions.fusionar(
            session,
            pedido["vigente_id"],
            pedido["absorbida_id"],
            (pedido["vigente_version"], pedido["absorbida_version"]),
            pedido["motivo"],
            actor(),
            clock.now(),
        )
    return _leida(hecha.id), 201, _cabeceras(hecha)


@bp.get("/fusiones/<uuid:fusion_id>")
@bp.response(200, FusionSchema)
@requires("casos.persona.fusionar")
@versioned
def ver(fusion_id: UUID) -> Answer:
    """Una unión, también si ya se deshizo"""
    hallada = _leida(fusion_id)
    registrar_lectura(env().db, actor(), "casos.fusion.ver", "persona", hallada.vigente_id)
    return hallada, 200, etag_of(hallada)


@bp.post("/fusiones/<uuid:fusion_id>/reversion")
@bp.arguments(ReversionSchema)
@bp.response(200, FusionSchema)
@requires("casos.persona.fusionar")
@versioned
def deshacer(pedido: dict[str, str], fusion_id: UUID) -> Answer:
    """Deshacer una unión dentro de su plazo: vuelve exactamente lo que había pasado"""
    with env().db.begin() as session:
        check_version(queries.fusion_por_id(session, fusion_id, Alcance.de(actor())), None)
        hecha = actions.deshacer(session, fusion_id, pedido["motivo"], actor(), clock.now())
    return _leida(fusion_id), 200, etag_of(hecha)


def _leida(fusion_id: UUID) -> Fusion:
    with env().db.read() as session:
        return queries.fusion_por_id(session, fusion_id, Alcance.de(actor()))


def _cabeceras(hecha: Fusion) -> dict[str, str]:
    return etag_of(hecha) | {"Location": f"/casos/api/v1/fusiones/{hecha.id}"}
