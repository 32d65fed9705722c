"""JSON of the units."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from identidad.unidades import actions, queries
from identidad.unidades.actions import EdicionUnidad, NuevaUnidad
from identidad.unidades.queries import UnidadConPersonas
from identidad.unidades.schemas import (
    EdicionUnidadSchema,
    NuevaUnidadSchema,
    UnidadesConsultaSchema,
    UnidadSchema,
)
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint(
    "unidades",
    __name__,
    url_prefix="/identidad/api/v1/unidades",
    description="Unidades municipales",
)


@bp.get("")
@bp.arguments(UnidadesConsultaSchema, location="query")
@bp.response(200, UnidadSchema(many=True))
@requires("identidad.unidad.ver")
def unidades(consulta: dict[str, Any]) -> Sequence[UnidadConPersonas]:
    """Unidades activas con quienes responden por ellas; con `todas`, también las cerradas"""
    with env().db.read() as session:
        return queries.unidades(session, todas=consulta["todas"])


@bp.post("")
@bp.arguments(NuevaUnidadSchema)
@bp.response(201, UnidadSchema)
@requires("identidad.unidad.administrar")
def crear(datos: NuevaUnidad) -> tuple[UnidadConPersonas, dict[str, str]]:
    """Agregar una unidad"""
    with env().db.begin() as session:
        una = actions.crear_unidad(session, datos, actor())
    return UnidadConPersonas(una, []), etag_of(una)


@bp.get("/<uuid:unidad_id>")
@bp.response(200, UnidadSchema)
@requires("identidad.unidad.ver")
@versioned
def unidad(unidad_id: UUID) -> tuple[UnidadConPersonas, dict[str, str]]:
    """Una unidad"""
    return _answer(unidad_id)


@bp.put("/<uuid:unidad_id>")
@bp.arguments(EdicionUnidadSchema(exclude=("version",)))
@bp.response(200, UnidadSchema)
@requires("identidad.unidad.administrar")
@versioned
def editar(datos: EdicionUnidad, unidad_id: UUID) -> tuple[UnidadConPersonas, dict[str, str]]:
    """Dar otro nombre a una unidad; su código no cambia"""
    with env().db.begin() as session:
        actions.editar_unidad(session, unidad_id, datos, actor())
    return _answer(unidad_id)


@bp.post("/<uuid:unidad_id>/cerrar")
@bp.response(200, UnidadSchema)
@requires("identidad.unidad.administrar")
@versioned
def cerrar(unidad_id: UUID) -> tuple[UnidadConPersonas, dict[str, str]]:
    """Cerrar una unidad: nadie más se puede asignar a ella"""
    with env().db.begin() as session:
        actions.cerrar_unidad(session, unidad_id, actor())
    return _answer(unidad_id)


@bp.post("/<uuid:unidad_id>/abrir")
@bp.response(200, UnidadSchema)
@requires("identidad.unidad.administrar")
@versioned
def abrir(unidad_id: UUID) -> tuple[UnidadConPersonas, dict[str, str]]:
    """Abrir otra vez una unidad cerrada"""
    with env().db.begin() as session:
        actions.abrir_unidad(session, unidad_id, actor())
    return _answer(unidad_id)


def _answer(unidad_id: UUID) -> tuple[UnidadConPersonas, dict[str, str]]:
    with env().db.read() as session:
        una = queries.unidad_con_personas(session, unidad_id)
    return una, etag_of(una.unidad)
