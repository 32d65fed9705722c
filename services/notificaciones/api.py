"""Entrance: JSON of the messages."""

from collections.abc import Sequence
from uuid import UUID

from flask_smorest import Blueprint

from notificaciones import queries
from notificaciones.alcance import exigir, mensajes_a_la_vista, visibles
from notificaciones.models import Mensaje
from notificaciones.schemas import Consulta, ConsultaSchema, MensajeSchema
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.conditional import etag_of, versioned

bp = Blueprint(
    "mensajes",
    __name__,
    url_prefix="/notificaciones/api/v1/mensajes",
    description="Mensajes de la oficina",
)


@bp.get("")
@bp.arguments(ConsultaSchema, location="query")
@bp.response(200, MensajeSchema(many=True))
@requires("notificaciones.mensaje.ver")
def mensajes(consulta: Consulta) -> Sequence[Mensaje]:
    """Mensajes, los más nuevos primero (a lo más 100)"""
    filtro = consulta.filtro(visibles())
    hallados = mensajes_a_la_vista(env(), filtro, actor())
    registrar_lectura(
        env().db,
        actor(),
        "notificaciones.mensaje.listar",
        "mensaje",
        None,
        cantidad=len(hallados),
    )
    return hallados


@bp.get("/<uuid:mensaje_id>")
@bp.response(200, MensajeSchema)
@requires("notificaciones.mensaje.ver")
@versioned
def mensaje(mensaje_id: UUID) -> tuple[Mensaje, int, dict[str, str]]:
    """Un mensaje"""
    with env().db.read() as session:
        hallado = queries.mensaje_por_id(session, mensaje_id, visibles=visibles())
    exigir(env(), hallado, actor())
    registrar_lectura(env().db, actor(), "notificaciones.mensaje.ver", "mensaje", mensaje_id)
    return hallado, 200, etag_of(hallado)
