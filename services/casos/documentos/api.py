"""Entrance: what becomes of a document, as JSON."""

from typing import Any
from uuid import UUID

from casos.documentos import actions
from casos.documentos.schemas import RetiroDeDocumentoSchema
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint("documentos", __name__, url_prefix="/casos/api/v1", description="Documentos")


@bp.post("/documentos/<uuid:documento_id>/desuso")
@bp.arguments(RetiroDeDocumentoSchema)
@bp.response(204)
@requires("casos.persona.registrar")
def retirar(datos: dict[str, Any], documento_id: UUID) -> None:
    """Retirar un documento: queda en la historia y por él ya no se halla a nadie"""
    with env().db.begin() as session:
        actions.retirar(session, documento_id, datos["motivo"], actor(), clock.now())


@bp.post("/documentos/<uuid:documento_id>/principal")
@bp.response(204)
@requires("casos.persona.registrar")
def elegir(documento_id: UUID) -> None:
    """Elegir el documento que se muestra primero"""
    with env().db.begin() as session:
        actions.elegir(session, documento_id, actor())
