"""Entrance: obstacles at institutions, as JSON."""

from typing import Any
from uuid import UUID

from casos.comunidad.obstaculos import actions, queries
from casos.comunidad.obstaculos.models import Obstaculo
from casos.comunidad.obstaculos.schemas import (
    ConNota,
    Filtro,
    FiltroObstaculosSchema,
    NuevaAnotacion,
    NuevaAnotacionSchema,
    ObstaculoSchema,
    ObstaculosSchema,
    PasoDeObstaculoConNotaSchema,
)
from casos.comunidad.obstaculos.states import Accion
from casos.hoja import hoja
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint(
    "obstaculos",
    __name__,
    url_prefix="/casos/api/v1/comunidad",
    description="Obstáculos en instituciones",
)

Answer = tuple[Obstaculo, int, dict[str, str]]

_POR_COORDINACION = "any({})".format(", ".join(sorted(set(Accion) - {Accion.ANOTAR})))


@bp.get("/obstaculos")
@bp.arguments(FiltroObstaculosSchema, location="query")
@bp.response(200, ObstaculosSchema)
@requires("casos.obstaculo.ver")
def listar(filtro: Filtro) -> dict[str, Any]:
    """Obstáculos vivos por institución; los que terminaron, si se piden por su estado"""
    with env().db.read() as session:
        todos = queries.obstaculos(session, filtro)
    una = hoja(todos, filtro.pagina)
    return {"obstaculos": una.filas} | {
        campo: getattr(una, campo) for campo in ("total", "pagina", "paginas")
    }


@bp.post("/obstaculos")
@bp.arguments(NuevaAnotacionSchema)
@bp.response(201, ObstaculoSchema)
@requires("casos.obstaculo.anotar")
def anotar(datos: NuevaAnotacion) -> Answer:
    """Anotar que alguien encontró un obstáculo; sin datos de esa persona"""
    with env().db.begin() as session:
        hecho = actions.anotar(session, datos, actor(), clock.now())
    uno, _status, headers = _answer(hecho.id)
    location = f"/casos/api/v1/comunidad/obstaculos/{hecho.id}"
    return uno, 201, headers | {"Location": location}


@bp.get("/obstaculos/<uuid:obstaculo_id>")
@bp.response(200, ObstaculoSchema)
@requires("casos.obstaculo.ver")
@versioned
def ver(obstaculo_id: UUID) -> Answer:
    """Un obstáculo"""
    return _answer(obstaculo_id)


@bp.post(f"/obstaculos/<uuid:obstaculo_id>/<{_POR_COORDINACION}:accion>")
@bp.arguments(PasoDeObstaculoConNotaSchema(exclude=("version",)))
@bp.response(200, ObstaculoSchema)
@requires("casos.obstaculo.gestionar")
@versioned
def dar(datos: ConNota, obstaculo_id: UUID, accion: str) -> Answer:
    """Elevarlo, trabajarlo con la institución, decir qué cambió o descartarlo"""
    with env().db.begin() as session:
        actions.dar(session, obstaculo_id, Accion(accion), datos, actor=actor(), ahora=clock.now())
    return _answer(obstaculo_id)


def _answer(obstaculo_id: UUID) -> Answer:
    with env().db.read() as session:
        uno = queries.obstaculo_por_id(session, obstaculo_id)
    return uno, 200, etag_of(uno)
