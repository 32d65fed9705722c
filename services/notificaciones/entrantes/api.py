"""Entrance: JSON of what people answered."""

from collections.abc import Sequence
from uuid import UUID

from notificaciones.entrantes import actions, alcance, queries
from notificaciones.entrantes.models import Respuesta
from notificaciones.entrantes.queries import Filtro
from notificaciones.entrantes.schemas import ConsultaSchema, RespuestaSchema
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import check_version, etag_of, versioned

bp = Blueprint(
    "respuestas",
    __name__,
    url_prefix="/notificaciones/api/v1/respuestas",
    description="Lo que las personas contestan a los mensajes de la oficina",
)


@bp.get("")
@bp.arguments(ConsultaSchema, location="query")
@bp.response(200, RespuestaSchema(many=True))
@requires("notificaciones.respuesta.ver")
def respuestas(filtro: Filtro) -> Sequence[Respuesta]:
    """Respuestas, la última primero (a lo más 100)"""
    halladas = alcance.a_la_vista(env(), filtro, actor())
    registrar_lectura(
        env().db,
        actor(),
        "notificaciones.respuesta.listar",
        "respuesta",
        None,
        cantidad=len(halladas),
    )
    return halladas


@bp.get("/<uuid:respuesta_id>")
@bp.response(200, RespuestaSchema)
@requires("notificaciones.respuesta.ver")
@versioned
def respuesta(respuesta_id: UUID) -> tuple[Respuesta, int, dict[str, str]]:
    """Una respuesta"""
    hallada = alcance.una(env(), respuesta_id, actor())
    registrar_lectura(env().db, actor(), "notificaciones.respuesta.ver", "respuesta", respuesta_id)
    return hallada, 200, etag_of(hallada)


@bp.post("/<uuid:respuesta_id>/atencion")
@bp.response(200, RespuestaSchema)
@requires("notificaciones.respuesta.atender")
@versioned
def atender(respuesta_id: UUID) -> tuple[Respuesta, int, dict[str, str]]:
    """Marcarla como atendida"""
    alcance.una(env(), respuesta_id, actor())
    with env().db.begin() as session:
        hallada = queries.respuesta_por_id(session, respuesta_id)
        check_version(hallada, None)
        actions.atender(session, hallada, actor())
    return hallada, 200, etag_of(hallada)
