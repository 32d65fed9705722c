"""Entrance: JSON of who wants no more messages."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from notificaciones.bajas import actions, queries
from notificaciones.bajas.actions import NuevaBaja
from notificaciones.bajas.models import Baja
from notificaciones.bajas.schemas import BajaSchema, LevantarSchema, NuevaBajaSchema
from notificaciones.bajas.states import Origen
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import check_version, etag_of, versioned

bp = Blueprint(
    "bajas",
    __name__,
    url_prefix="/notificaciones/api/v1/bajas",
    description="Direcciones a las que no se escribe más, de un tema o de todo",
)

ConEtiqueta = tuple[Baja, int, dict[str, str]]


@bp.get("")
@bp.response(200, BajaSchema(many=True))
@requires("notificaciones.baja.anotar")
def bajas() -> Sequence[Baja]:
    """Bajas, la última primero (a lo más 100); un programa ve las que anotó él"""
    with env().db.read() as session:
        halladas = queries.bajas(session, de=queries.de_quien_ve(actor()))
    registrar_lectura(
        env().db, actor(), "notificaciones.baja.listar", "baja", None, cantidad=len(halladas)
    )
    return halladas


@bp.post("")
@bp.arguments(NuevaBajaSchema)
@bp.response(201, BajaSchema)
@requires("notificaciones.baja.anotar")
def anotar(nueva: NuevaBaja) -> ConEtiqueta:
    """Anotar que a una dirección no se le escriba más, con el motivo. Si ya lo estaba, esa misma"""
    with env().db.begin() as session:
        baja = actions.dar_de_baja(session, nueva, Origen.OFICINA, actor())
        session.flush()
        return baja, 201, etag_of(baja)


@bp.get("/<uuid:baja_id>")
@bp.response(200, BajaSchema)
@requires("notificaciones.baja.anotar")
@versioned
def baja(baja_id: UUID) -> ConEtiqueta:
    """Una baja"""
    with env().db.read() as session:
        hallada = queries.baja_a_la_vista(session, baja_id, actor())
    registrar_lectura(env().db, actor(), "notificaciones.baja.ver", "baja", baja_id)
    return hallada, 200, etag_of(hallada)


@bp.post("/<uuid:baja_id>/levantamiento")
@bp.arguments(LevantarSchema(exclude=("version",)))
@bp.response(200, BajaSchema)
@requires("notificaciones.baja.anotar")
@versioned
def levantar(datos: dict[str, Any], baja_id: UUID) -> ConEtiqueta:
    """Levantar una baja, con el motivo: se le puede escribir otra vez"""
    with env().db.begin() as session:
        hallada = queries.baja_a_la_vista(session, baja_id, actor())
        check_version(hallada, None)
        actions.levantar(session, hallada, datos["motivo"], actor())
        session.flush()
        return hallada, 200, etag_of(hallada)
