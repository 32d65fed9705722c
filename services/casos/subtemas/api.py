"""Entrance: the taxonomy and the office's own sub-themes, as JSON."""

from typing import Any
from uuid import UUID

from casos.subtemas import actions, queries
from casos.subtemas.actions import EdicionSubtema, NuevoSubtema
from casos.subtemas.models import Subtema
from casos.subtemas.presentes import presentes
from casos.subtemas.schemas import (
    EdicionSubtemaSchema,
    NuevoSubtemaSchema,
    SubtemaSchema,
    TaxonomiaSchema,
)
from casos.taxonomia import taxonomia
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint("temas", __name__, url_prefix="/casos/api/v1", description="Temas")

Answer = tuple[Subtema, int, dict[str, str]]


@bp.get("/temas")
@bp.response(200, TaxonomiaSchema)
@requires("casos.tema.ver")
def ver_taxonomia() -> dict[str, Any]:
    """La taxonomía vigente, los códigos de versiones anteriores y los propios de la oficina"""
    vigente = taxonomia()
    with env().db.read() as session:
        propios = queries.subtemas(session)
    return {
        **{c: getattr(vigente, c) for c in _CAMPOS},
        "temas": list(vigente.temas.values()),
        "retirados": list(vigente.retirados.values()),
        "subtemas": propios,
    }


@bp.post("/temas/propios")
@bp.arguments(NuevoSubtemaSchema)
@bp.response(201, SubtemaSchema)
@requires("casos.tema.editar")
def crear(datos: NuevoSubtema) -> Answer:
    """Agregar un subtema de la oficina"""
    with env().db.begin() as session:
        hecho = actions.crear(session, datos, actor(), clock.now())
    presentes().releer()
    subtema, _status, headers = _answer(hecho.id)
    return subtema, 201, headers | {"Location": f"/casos/api/v1/temas/propios/{hecho.id}"}


@bp.get("/temas/propios/<uuid:subtema_id>")
@bp.response(200, SubtemaSchema)
@requires("casos.tema.ver")
@versioned
def ver(subtema_id: UUID) -> Answer:
    """Un subtema de la oficina"""
    return _answer(subtema_id)


@bp.patch("/temas/propios/<uuid:subtema_id>")
@bp.arguments(EdicionSubtemaSchema(exclude=("version",)))
@bp.response(200, SubtemaSchema)
@requires("casos.tema.editar")
@versioned
def editar(datos: EdicionSubtema, subtema_id: UUID) -> Answer:
    """Cambiar cómo se llama un subtema"""
    with env().db.begin() as session:
        actions.editar(session, subtema_id, datos, actor())
    presentes().releer()
    return _answer(subtema_id)


@bp.post("/temas/propios/<uuid:subtema_id>/retiro")
@bp.response(200, SubtemaSchema)
@requires("casos.tema.editar")
@versioned
def retirar(subtema_id: UUID) -> Answer:
    """Dejar de ofrecer un subtema"""
    with env().db.begin() as session:
        actions.retirar(session, subtema_id, None, actor(), clock.now())
    presentes().releer()
    return _answer(subtema_id)


@bp.post("/temas/propios/<uuid:subtema_id>/reposicion")
@bp.response(200, SubtemaSchema)
@requires("casos.tema.editar")
@versioned
def reponer(subtema_id: UUID) -> Answer:
    """Volver a ofrecer un subtema"""
    with env().db.begin() as session:
        actions.reponer(session, subtema_id, None, actor())
    presentes().releer()
    return _answer(subtema_id)


@bp.post("/temas/propios/<uuid:subtema_id>/eliminacion")
@bp.response(200, SubtemaSchema)
@requires("casos.tema.editar")
@versioned
def eliminar(subtema_id: UUID) -> Answer:
    """Eliminar un subtema que nunca se usó; responde con lo que era"""
    hallado, _status, headers = _answer(subtema_id)
    with env().db.begin() as session:
        actions.eliminar(session, subtema_id, None, actor())
    presentes().releer()
    return hallado, 200, headers


def _answer(subtema_id: UUID) -> Answer:
    with env().db.read() as session:
        subtema = queries.subtema_por_id(session, subtema_id)
    return subtema, 200, etag_of(subtema)


_CAMPOS = ("version", "fuente", "idiomas", "versiones", "lineas", "servicios")
