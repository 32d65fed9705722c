"""Entrance: the network as open data, HSDS 3.0's API profile. Read-only; closed unless the office
opens it (ACOGIDA_RED_ABIERTA).
"""

from typing import Any
from uuid import UUID

from casos.red.hsds import formato, queries
from casos.red.hsds.formato import Recurso
from casos.red.hsds.queries import Filtro
from casos.red.hsds.schemas import (
    BusquedaHsdsSchema,
    FiltroHsdsSchema,
    HojaSchema,
    hoja,
    minimo,
)
from oficina.errors import NoEncontrado
from oficina.web.app import env
from oficina.web.auth import public
from oficina.web.blueprint import Blueprint
from oficina.web.limits import limited

BASE = "/casos/api/v1/red/abiertos/hsds"
RITMO = "120/minute"

bp = Blueprint("red_hsds", __name__, url_prefix=BASE, description="Red, en HSDS 3.0")


@bp.before_request
def solo_si_se_abrio() -> None:
    """Nothing is here until the office opens it."""
    if not env().settings.red_abierta:
        raise NoEncontrado


@bp.get("")
@bp.response(200)
@public
@limited(RITMO)
def raiz() -> Recurso:
    """Qué es esta API y con qué especificación habla"""
    lugar = env().settings.base_url
    return {
        "version": formato.VERSION,
        "profile": formato.PERFIL,
        "openapi_url": f"{lugar}/casos/openapi.json",
    }


@bp.get("/services")
@bp.arguments(FiltroHsdsSchema, location="query", as_kwargs=True)
@bp.response(200)
@public
@limited(RITMO)
def services(
    *, filtro: Filtro, full: bool, minimal: bool, page: int, per_page: int
) -> dict[str, Any]:
    """Servicios públicos de la red; los filtros se suman"""
    with env().db.read() as session:
        hallados = queries.servicios(session, filtro)
        if minimal:
            return hoja(hallados, minimo, 1, max(1, len(hallados)))
        return hoja(hallados, formato.servicio if full else formato.servicio_breve, page, per_page)


@bp.get("/services/<uuid:servicio_id>")
@bp.response(200)
@public
@limited(RITMO)
def service(servicio_id: UUID) -> Recurso:
    """Un servicio, entero"""
    with env().db.read() as session:
        return formato.servicio(queries.servicio(session, servicio_id))


@bp.get("/organizations")
@bp.arguments(BusquedaHsdsSchema, location="query", as_kwargs=True)
@bp.response(200)
@public
@limited(RITMO)
def organizations(*, search: str, full: bool, page: int, per_page: int) -> dict[str, Any]:
    """Instituciones públicas de la red"""
    with env().db.read() as session:
        halladas = queries.instituciones(session, search)
        decir = formato.organizacion if full else formato.organizacion_breve
        return hoja(halladas, decir, page, per_page)


@bp.get("/organizations/<uuid:institucion_id>")
@bp.response(200)
@public
@limited(RITMO)
def organization(institucion_id: UUID) -> Recurso:
    """Una institución, entera"""
    with env().db.read() as session:
        return formato.organizacion(queries.institucion(session, institucion_id))


@bp.get("/service_at_locations")
@bp.arguments(FiltroHsdsSchema(exclude=("minimal",)), location="query", as_kwargs=True)
@bp.response(200)
@public
@limited(RITMO)
def service_at_locations(*, filtro: Filtro, full: bool, page: int, per_page: int) -> dict[str, Any]:
    """Dónde se da cada servicio; nunca un lugar confidencial"""
    with env().db.read() as session:
        hallados = queries.lugares(session, filtro)
        decir = formato.en_un_lugar if full else formato.en_un_lugar_breve
        return hoja(hallados, decir, page, per_page)


@bp.get("/service_at_locations/<uuid:lugar_id>")
@bp.response(200)
@public
@limited(RITMO)
def service_at_location(lugar_id: UUID) -> Recurso:
    """Un servicio en un lugar, con su horario"""
    with env().db.read() as session:
        return formato.en_un_lugar(queries.lugar(session, lugar_id))


@bp.get("/taxonomies")
@bp.arguments(HojaSchema, location="query", as_kwargs=True)
@bp.response(200)
@public
@limited(RITMO)
def taxonomies(*, page: int, per_page: int) -> dict[str, Any]:
    """Las taxonomías: la de la oficina"""
    return hoja([formato.la_taxonomia()], dict, page, per_page)


@bp.get("/taxonomies/<taxonomia_id>")
@bp.response(200)
@public
@limited(RITMO)
def taxonomy(taxonomia_id: str) -> Recurso:
    """La taxonomía de la oficina"""
    return _por_id([formato.la_taxonomia()], taxonomia_id)


@bp.get("/taxonomy_terms")
@bp.arguments(HojaSchema, location="query", as_kwargs=True)
@bp.response(200)
@public
@limited(RITMO)
def taxonomy_terms(*, page: int, per_page: int) -> dict[str, Any]:
    """Los temas"""
    return hoja(formato.terminos(), dict, page, per_page)


@bp.get("/taxonomy_terms/<termino_id>")
@bp.response(200)
@public
@limited(RITMO)
def taxonomy_term(termino_id: str) -> Recurso:
    """Un tema"""
    return _por_id(formato.terminos(), termino_id)


def _por_id(todos: list[Recurso], buscado: str) -> Recurso:
    hallado = next((uno for uno in todos if uno["id"] == buscado), None)
    if hallado is None:
        raise NoEncontrado
    return hallado
