"""Entrance: organisations of migrants, as JSON."""

from typing import Any
from uuid import UUID

from casos.comunidad.organizaciones import actions, queries
from casos.comunidad.organizaciones.models import Organizacion
from casos.comunidad.organizaciones.schemas import (
    DatosOrganizacion,
    DatosOrganizacionSchema,
    DirectivasSchema,
    Filtro,
    FiltroOrganizacionesSchema,
    NombreQuitado,
    NombreQuitadoSchema,
    NuevaDirectiva,
    NuevaDirectivaSchema,
    OrganizacionesSchema,
    OrganizacionSchema,
    PasoConNota,
    PasoDeOrganizacionSchema,
)
from casos.hoja import hoja
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint(
    "organizaciones",
    __name__,
    url_prefix="/casos/api/v1/comunidad",
    description="Organizaciones de personas migrantes",
)

Answer = tuple[Organizacion, int, dict[str, str]]

_SIN_VERSION = ("version",)


@bp.get("/organizaciones")
@bp.arguments(FiltroOrganizacionesSchema, location="query")
@bp.response(200, OrganizacionesSchema)
@requires("casos.organizacion.ver")
def listar(filtro: Filtro) -> dict[str, Any]:
    """Organizaciones, por nombre; las disueltas, si se piden por su estado"""
    with env().db.read() as session:
        todas = queries.organizaciones(session, filtro, clock.today())
    una = hoja(todas, filtro.pagina)
    return {"organizaciones": una.filas} | {
        campo: getattr(una, campo) for campo in ("total", "pagina", "paginas")
    }


@bp.post("/organizaciones")
@bp.arguments(DatosOrganizacionSchema(exclude=_SIN_VERSION))
@bp.response(201, OrganizacionSchema)
@requires("casos.organizacion.editar")
def registrar(datos: DatosOrganizacion) -> Answer:
    """Registrar una organización"""
    with env().db.begin() as session:
        hecha = actions.registrar(session, datos, actor(), clock.now())
    una, _status, headers = _answer(hecha.id)
    location = f"/casos/api/v1/comunidad/organizaciones/{hecha.id}"
    return una, 201, headers | {"Location": location}


@bp.get("/organizaciones/<uuid:organizacion_id>")
@bp.response(200, OrganizacionSchema)
@requires("casos.organizacion.ver")
@versioned
def ver(organizacion_id: UUID) -> Answer:
    """Una organización"""
    return _answer(organizacion_id)


@bp.get("/organizaciones/<uuid:organizacion_id>/directivas")
@bp.response(200, DirectivasSchema)
@requires("casos.organizacion.directiva")
def ver_directivas(organizacion_id: UUID) -> dict[str, Any]:
    """Sus directivas, con quienes consintieron en ser nombradas, y su historia"""
    with env().db.read() as session:
        una = queries.organizacion_por_id(session, organizacion_id)
        suyas = queries.directivas(session, una.id)
        historia = queries.historia(session, una.id)
    registrar_lectura(env().db, actor(), "casos.organizacion.ver", "organizacion", una.id)
    return {"directivas": suyas, "historia": historia}


@bp.patch("/organizaciones/<uuid:organizacion_id>")
@bp.arguments(DatosOrganizacionSchema(exclude=_SIN_VERSION))
@bp.response(200, OrganizacionSchema)
@requires("casos.organizacion.editar")
@versioned
def editar(datos: DatosOrganizacion, organizacion_id: UUID) -> Answer:
    """Corregir lo que se sabe de una organización"""
    with env().db.begin() as session:
        actions.editar(session, organizacion_id, datos, actor(), clock.now())
    return _answer(organizacion_id)


@bp.post("/organizaciones/<uuid:organizacion_id>/directiva")
@bp.arguments(NuevaDirectivaSchema(exclude=_SIN_VERSION))
@bp.response(200, OrganizacionSchema)
@requires("casos.organizacion.editar")
@versioned
def registrar_directiva(datos: NuevaDirectiva, organizacion_id: UUID) -> Answer:
    """Registrar una directiva elegida"""
    with env().db.begin() as session:
        actions.registrar_directiva(session, organizacion_id, datos, actor(), clock.now())
    return _answer(organizacion_id)


@bp.post("/organizaciones/<uuid:organizacion_id>/nombres-quitados")
@bp.arguments(NombreQuitadoSchema(exclude=_SIN_VERSION))
@bp.response(200, OrganizacionSchema)
@requires("casos.organizacion.editar")
@versioned
def quitar_nombre(datos: NombreQuitado, organizacion_id: UUID) -> Answer:
    """Olvidar el nombre de alguien que ya no quiere figurar en una directiva"""
    with env().db.begin() as session:
        actions.quitar_nombre(session, organizacion_id, datos, actor(), clock.now())
    return _answer(organizacion_id)


@bp.post("/organizaciones/<uuid:organizacion_id>/receso")
@bp.arguments(PasoDeOrganizacionSchema(exclude=_SIN_VERSION))
@bp.response(200, OrganizacionSchema)
@requires("casos.organizacion.editar")
@versioned
def dejar_en_receso(datos: PasoConNota, organizacion_id: UUID) -> Answer:
    """Dejar en receso una organización que no se reúne"""
    with env().db.begin() as session:
        actions.dejar_en_receso(session, organizacion_id, datos, actor(), clock.now())
    return _answer(organizacion_id)


@bp.post("/organizaciones/<uuid:organizacion_id>/vuelta")
@bp.arguments(PasoDeOrganizacionSchema(exclude=_SIN_VERSION))
@bp.response(200, OrganizacionSchema)
@requires("casos.organizacion.editar")
@versioned
def retomar(datos: PasoConNota, organizacion_id: UUID) -> Answer:
    """Decir que una organización volvió a reunirse"""
    with env().db.begin() as session:
        actions.retomar(session, organizacion_id, datos, actor(), clock.now())
    return _answer(organizacion_id)


@bp.post("/organizaciones/<uuid:organizacion_id>/disolucion")
@bp.arguments(PasoDeOrganizacionSchema(exclude=_SIN_VERSION))
@bp.response(200, OrganizacionSchema)
@requires("casos.organizacion.editar")
@versioned
def disolver(datos: PasoConNota, organizacion_id: UUID) -> Answer:
    """Dar por disuelta una organización"""
    with env().db.begin() as session:
        actions.disolver(session, organizacion_id, datos, actor(), clock.now())
    return _answer(organizacion_id)


def _answer(organizacion_id: UUID) -> Answer:
    with env().db.read() as session:
        una = queries.organizacion_por_id(session, organizacion_id)
    return una, 200, etag_of(una)
