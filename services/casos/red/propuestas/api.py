"""Entrance: what is not in the directory, as JSON."""

from typing import Any
from uuid import UUID

from casos.red.propuestas import actions, queries
from casos.red.propuestas.actions import Aceptacion, NuevaPropuesta
from casos.red.propuestas.models import PropuestaRed
from casos.red.propuestas.schemas import (
    AceptacionSchema,
    DescarteSchema,
    FiltroPropuestasSchema,
    NuevaPropuestaSchema,
    PropuestaRedSchema,
    PropuestasRedSchema,
    UnionSchema,
)
from casos.red.propuestas.states import MotivoDescarte
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint("red_propuestas", __name__, url_prefix="/casos/api/v1/red/propuestas")

Answer = tuple[PropuestaRed, int, dict[str, str]]
SIN_VERSION = ("version",)


@bp.get("")
@bp.arguments(FiltroPropuestasSchema, location="query", as_kwargs=True)
@bp.response(200, PropuestasRedSchema)
@requires("casos.red.editar")
def listar(*, todas: bool) -> dict[str, Any]:
    """Servicios propuestos que esperan revisión; con `todas`, también los revisados"""
    with env().db.read() as session:
        return {"propuestas": queries.propuestas(session, todas=todas)}


@bp.post("")
@bp.arguments(NuevaPropuestaSchema(exclude=("caso", "reemplaza_a")))
@bp.response(201, PropuestaRedSchema)
@requires("casos.red.proponer")
def proponer(datos: NuevaPropuesta) -> Answer:
    """Anotar un servicio que no está en el directorio; se le puede derivar desde ahora"""
    with env().db.begin() as session:
        nueva = actions.proponer(session, datos, actor())
    una, _status, headers = _answer(nueva.id)
    return una, 201, headers | {"Location": f"/casos/api/v1/red/propuestas/{nueva.id}"}


@bp.get("/<uuid:propuesta_id>")
@bp.response(200, PropuestaRedSchema)
@requires("casos.red.editar")
@versioned
def ver(propuesta_id: UUID) -> Answer:
    """Un servicio propuesto"""
    return _answer(propuesta_id)


@bp.post("/<uuid:propuesta_id>/aceptacion")
@bp.arguments(AceptacionSchema(exclude=SIN_VERSION))
@bp.response(200, PropuestaRedSchema)
@requires("casos.red.editar")
@versioned
def aceptar(datos: Aceptacion, propuesta_id: UUID) -> Answer:
    """Dejarlo en el directorio"""
    with env().db.begin() as session:
        actions.aceptar(session, propuesta_id, datos, actor())
    return _answer(propuesta_id)


@bp.post("/<uuid:propuesta_id>/union")
@bp.arguments(UnionSchema(exclude=SIN_VERSION), as_kwargs=True)
@bp.response(200, PropuestaRedSchema)
@requires("casos.red.editar")
@versioned
def unir(propuesta_id: UUID, *, servicio_id: UUID) -> Answer:
    """Es uno que ya estaba: lo que se le derivó es de ese"""
    with env().db.begin() as session:
        actions.unir(session, propuesta_id, servicio_id, None, actor())
    return _answer(propuesta_id)


@bp.post("/<uuid:propuesta_id>/descarte")
@bp.arguments(DescarteSchema(exclude=SIN_VERSION), as_kwargs=True)
@bp.response(200, PropuestaRedSchema)
@requires("casos.red.editar")
@versioned
def descartar(propuesta_id: UUID, *, motivo: MotivoDescarte) -> Answer:
    """No dejarlo en el directorio"""
    with env().db.begin() as session:
        actions.descartar(session, propuesta_id, motivo, None, actor())
    return _answer(propuesta_id)


def _answer(propuesta_id: UUID) -> Answer:
    with env().db.read() as session:
        una = queries.propuesta_por_id(session, propuesta_id)
    return una, 200, etag_of(una)
