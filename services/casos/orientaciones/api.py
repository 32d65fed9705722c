"""Entrance: the orientation library and what was given of it, as JSON."""

from typing import Any
from uuid import UUID

from casos.alcance import Alcance
from casos.orientaciones import actions, queries
from casos.orientaciones.actions import NuevaFicha, OrientacionPorDar, TextosDeFicha
from casos.orientaciones.models import Revision
from casos.orientaciones.schemas import (
    EdicionFichaSchema,
    FichaSchema,
    FichasSchema,
    FiltroFichasSchema,
    NuevaFichaSchema,
    OrientacionPorDarSchema,
    OrientacionSchema,
    PublicacionDeFichaSchema,
    RetiroDeFichaSchema,
)
from casos.orientaciones.vistas import de_ficha, de_orientacion, exigir_permiso
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint(
    "orientaciones", __name__, url_prefix="/casos/api/v1", description="Biblioteca de orientación"
)

Answer = tuple[dict[str, Any], int, dict[str, str]]


@bp.get("/fichas")
@bp.arguments(FiltroFichasSchema, location="query", as_kwargs=True)
@bp.response(200, FichasSchema)
@requires("casos.ficha_orientacion.ver")
def listar(*, todas: bool, tema: str | None) -> dict[str, Any]:
    """Fichas de orientación; con `tema`, las que se pueden entregar hoy, primero las suyas"""
    with env().db.read() as session:
        if tema:
            halladas = queries.ofrecidas(session, tema, clock.today())
        else:
            halladas = queries.fichas(session, todas=todas)
    return {"fichas": [de_ficha(una) for una in halladas]}


@bp.post("/fichas")
@bp.arguments(NuevaFichaSchema)
@bp.response(201, FichaSchema)
@requires("casos.ficha_orientacion.editar")
def crear(datos: NuevaFicha) -> Answer:
    """Comenzar una ficha, como borrador"""
    with env().db.begin() as session:
        hecha = actions.crear(session, datos, actor(), clock.now())
    return _creada(hecha.id)


@bp.get("/fichas/<uuid:ficha_id>")
@bp.response(200, FichaSchema)
@requires("casos.ficha_orientacion.ver")
@versioned
def ver(ficha_id: UUID) -> Answer:
    """Una versión de una ficha"""
    return _answer(ficha_id)


@bp.patch("/fichas/<uuid:ficha_id>")
@bp.arguments(EdicionFichaSchema(exclude=("version",)))
@bp.response(200, FichaSchema)
@requires("casos.ficha_orientacion.editar")
@versioned
def editar(datos: TextosDeFicha, ficha_id: UUID) -> Answer:
    """Reescribir un borrador"""
    with env().db.begin() as session:
        actions.editar(session, ficha_id, datos, actor(), clock.now())
    return _answer(ficha_id)


@bp.post("/fichas/<uuid:ficha_id>/publicacion")
@bp.arguments(PublicacionDeFichaSchema)
@bp.response(200, FichaSchema)
@requires("casos.ficha_orientacion.editar")
@versioned
def publicar(datos: tuple[Revision, int | None], ficha_id: UUID) -> Answer:
    """Publicar un borrador revisado, en lugar de la versión anterior"""
    revision, version = datos
    with env().db.begin() as session:
        actions.publicar(session, ficha_id, revision, version, actor=actor(), ahora=clock.now())
    return _answer(ficha_id)


@bp.post("/fichas/<uuid:ficha_id>/retiro")
@bp.arguments(RetiroDeFichaSchema)
@bp.response(200, FichaSchema)
@requires("casos.ficha_orientacion.editar")
@versioned
def retirar(datos: dict[str, Any], ficha_id: UUID) -> Answer:
    """Retirar una ficha"""
    with env().db.begin() as session:
        actions.retirar(session, ficha_id, datos["motivo"], datos["version"], actor=actor())
    return _answer(ficha_id)


@bp.post("/fichas/<uuid:ficha_id>/versiones")
@bp.response(201, FichaSchema)
@requires("casos.ficha_orientacion.editar")
def renovar(ficha_id: UUID) -> Answer:
    """Comenzar la versión siguiente con lo que dice esta"""
    with env().db.begin() as session:
        hecha = actions.renovar(session, ficha_id, actor(), clock.now())
    return _creada(hecha.id)


@bp.post("/orientaciones")
@bp.arguments(OrientacionPorDarSchema)
@bp.response(201, OrientacionSchema)
@requires("casos.orientacion.dar")
def dar(datos: OrientacionPorDar) -> Answer:
    """Registrar que se entregó una ficha, en una atención o como orientación de un caso"""
    exigir_permiso(datos.caso_id)
    with env().db.begin() as session:
        hecha = actions.dar(session, datos, actor(), clock.now())
    lugar = f"/casos/api/v1/orientaciones/{hecha.id}"
    return de_orientacion(hecha), 201, {"Location": lugar}


@bp.get("/orientaciones/<uuid:orientacion_id>")
@bp.response(200, OrientacionSchema)
@requires("casos.orientacion.ver")
def ver_orientacion(orientacion_id: UUID) -> dict[str, Any]:
    """Una orientación que se dio"""
    with env().db.read() as session:
        hallada = queries.orientacion_por_id(session, orientacion_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.orientacion.ver", "orientacion", orientacion_id)
    return de_orientacion(hallada)


def _creada(ficha_id: UUID) -> Answer:
    ficha, _status, headers = _answer(ficha_id)
    return ficha, 201, headers | {"Location": f"/casos/api/v1/fichas/{ficha_id}"}


def _answer(ficha_id: UUID) -> Answer:
    with env().db.read() as session:
        ficha = queries.ficha_por_id(session, ficha_id)
    return de_ficha(ficha), 200, etag_of(ficha)
