"""Entrance: deliveries, goods and accounts, as JSON."""

from datetime import date
from typing import Any
from uuid import UUID

from casos.programas.entregas import actions, queries, vistas
from casos.programas.entregas.actions import NuevaEntrega, NuevoArticulo, NuevoMovimiento
from casos.programas.entregas.models import Articulo, Entrega
from casos.programas.entregas.schemas import (
    ArticuloSchema,
    ArticulosSchema,
    EntregaSchema,
    ExistenciasSchema,
    NuevaEntregaSchema,
    NuevaRendicionSchema,
    NuevoArticuloSchema,
    NuevoMovimientoSchema,
    RendicionesSchema,
    RendicionSchema,
)
from casos.programas.postulaciones.models import Postulacion
from casos.programas.queries import programa_por_id
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint("entregas", __name__, url_prefix="/casos/api/v1", description="Entregas")


@bp.post("/postulaciones/<uuid:postulacion_id>/entregar")
@bp.arguments(NuevaEntregaSchema(exclude=("version",)))
@bp.response(201, EntregaSchema)
@requires("casos.postulacion.seguir")
@versioned
def entregar(datos: NuevaEntrega, postulacion_id: UUID) -> tuple[Entrega, int, dict[str, str]]:
    """Entregar lo aprobado; no puede quien presentó la postulación ni quien la aprobó"""
    with env().db.begin() as session:
        hecha = actions.entregar(session, postulacion_id, datos, actor(), clock.now())
        session.flush()
        etag = etag_of(session.get_one(Postulacion, postulacion_id))
    lugar = {"Location": f"/casos/api/v1/entregas/{hecha.id}"}
    return vistas.entrega(hecha.id), 201, etag | lugar


@bp.get("/entregas/<uuid:beneficio_id>")
@bp.response(200, EntregaSchema)
@requires("casos.postulacion.ver")
def ver(beneficio_id: UUID) -> Entrega:
    """Una entrega; su acta está en `/casos/entregas/<id>/acta.pdf`"""
    return vistas.entrega(beneficio_id)


@bp.get("/programas/<uuid:programa_id>/articulos")
@bp.response(200, ArticulosSchema)
@requires("casos.postulacion.ver")
def articulos(programa_id: UUID) -> dict[str, Any]:
    """Los artículos de un programa y cuántos quedan"""
    with env().db.read() as session:
        programa_por_id(session, programa_id)
        return {"articulos": queries.articulos(session, programa_id)}


@bp.post("/programas/<uuid:programa_id>/articulos")
@bp.arguments(NuevoArticuloSchema)
@bp.response(201, ArticuloSchema)
@requires("casos.programa.editar")
def agregar_articulo(datos: NuevoArticulo, programa_id: UUID) -> Articulo:
    """Agregar un artículo a un programa"""
    with env().db.begin() as session:
        return actions.agregar_articulo(session, programa_id, datos, actor())


@bp.get("/articulos/<uuid:articulo_id>/movimientos")
@bp.response(200, ExistenciasSchema)
@requires("casos.programa.editar")
def movimientos(articulo_id: UUID) -> dict[str, Any]:
    """Las últimas entradas, salidas y ajustes de un artículo, la más nueva arriba"""
    with env().db.read() as session:
        queries.articulo_por_id(session, articulo_id)
        return {"movimientos": queries.movimientos(session, articulo_id)}


@bp.post("/articulos/<uuid:articulo_id>/movimientos")
@bp.arguments(NuevoMovimientoSchema)
@bp.response(201, ArticuloSchema)
@requires("casos.programa.editar")
def mover(datos: NuevoMovimiento, articulo_id: UUID) -> Articulo:
    """Anotar una entrada o un ajuste; las salidas se anotan con su entrega"""
    with env().db.begin() as session:
        actions.mover_existencias(session, articulo_id, datos, actor(), clock.now())
    with env().db.read() as session:
        return queries.articulo_por_id(session, articulo_id)


@bp.get("/programas/<uuid:programa_id>/rendiciones")
@bp.response(200, RendicionesSchema)
@requires("casos.rendicion.ver")
def rendiciones(programa_id: UUID) -> dict[str, Any]:
    """Las rendiciones de un programa, la más nueva arriba"""
    with env().db.read() as session:
        programa_por_id(session, programa_id)
        return {"rendiciones": queries.rendiciones(session, programa_id)}


@bp.post("/programas/<uuid:programa_id>/rendiciones")
@bp.arguments(NuevaRendicionSchema, as_kwargs=True)
@bp.response(201, RendicionSchema)
@requires("casos.rendicion.hacer")
def rendir(programa_id: UUID, *, hasta: date) -> dict[str, Any]:
    """Rendir lo entregado hasta un día"""
    with env().db.begin() as session:
        hecha = actions.rendir(session, programa_id, hasta, actor(), clock.now())
    return vistas.rendicion(hecha.id)


@bp.get("/rendiciones/<uuid:rendicion_id>")
@bp.response(200, RendicionSchema)
@requires("casos.rendicion.ver")
def ver_rendicion(rendicion_id: UUID) -> dict[str, Any]:
    """Una rendición, entrega por entrega"""
    return vistas.rendicion(rendicion_id)
