"""JSON of the files of cases; their PDF is that of the pages."""

from typing import Any
from uuid import UUID

from casos.accesos.lectura import registrar_lectura_de_caso
from casos.alcance import Alcance
from casos.expedientes.queries import caso_por_id
from casos.expedientes.relato import Lectura
from casos.foliados import actions, queries
from casos.foliados.models import Foliado
from casos.foliados.schemas import (
    AutenticidadSchema,
    FoliadoSchema,
    FoliadosSchema,
    HuellaSchema,
)
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, public, requires
from oficina.web.blueprint import Blueprint
from oficina.web.limits import limited

bp = Blueprint("foliados", __name__, url_prefix="/casos/api/v1", description="Expedientes en PDF")


@bp.post("/casos/<uuid:caso_id>/foliados")
@bp.response(202, FoliadoSchema)
@requires("casos.foliado.hacer")
def pedir(caso_id: UUID) -> Foliado:
    """Preparar el expediente de un caso como un PDF foliado"""
    with env().db.begin() as session:
        return actions.pedir(session, caso_id, Lectura.de_quien_lee(), actor(), clock.now())


@bp.get("/casos/<uuid:caso_id>/foliados")
@bp.response(200, FoliadosSchema)
@requires("casos.foliado.hacer")
def foliados(caso_id: UUID) -> dict[str, Any]:
    """Los expedientes en PDF de un caso, con su avance y su SHA-256"""
    with env().db.read() as session:
        caso = caso_por_id(session, caso_id, Alcance.de(actor()))
        hechos = queries.de_caso(session, caso)
    registrar_lectura_de_caso(
        env().db, actor(), "casos.foliado.ver", "caso", caso.id, caso_id=caso.id
    )
    return {"foliados": hechos}


@bp.get("/abiertos/expedientes")
@bp.arguments(HuellaSchema, location="query")
@bp.response(200, AutenticidadSchema)
@public
@limited("30/minute")
def verificar(pedido: dict[str, str]) -> dict[str, bool]:
    """Si un documento con este SHA-256 lo hizo la oficina"""
    with env().db.read() as session:
        return {"es_nuestro": queries.es_nuestro(session, pedido["sha256"].lower())}
