"""JSON of attachments; a file comes in base64, as all that the API reads is JSON."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response

from casos.adjuntos import actions, vistas
from casos.adjuntos.models import Adjunto
from casos.adjuntos.schemas import (
    AdjuntoSchema,
    AdjuntosSchema,
    ArchivoDeCasoSchema,
    ArchivoDePersonaSchema,
    NuevoAdjunto,
    NuevoRetiro,
    NuevoRetiroSchema,
)
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint("adjuntos", __name__, url_prefix="/casos/api/v1", description="Adjuntos")


@bp.get("/casos/<uuid:caso_id>/adjuntos")
@bp.response(200, AdjuntosSchema)
@requires("casos.adjunto.ver")
def de_caso(caso_id: UUID) -> dict[str, Any]:
    """Los adjuntos de un caso, también los retirados"""
    return {"adjuntos": vistas.de_caso(caso_id)[1]}


@bp.post("/casos/<uuid:caso_id>/adjuntos")
@bp.arguments(ArchivoDeCasoSchema)
@bp.response(201, AdjuntoSchema)
@requires("casos.adjunto.agregar")
def adjuntar_a_caso(datos: NuevoAdjunto, caso_id: UUID) -> Adjunto:
    """Adjuntar un archivo a un caso, en base64"""
    with env().db.begin() as session:
        return actions.adjuntar_a_caso(
            session,
            caso_id,
            datos,
            BytesIO(datos.contenido),
            vistas.maximo(),
            actor=actor(),
            ahora=clock.now(),
        )


@bp.get("/personas/<uuid:persona_id>/adjuntos")
@bp.response(200, AdjuntosSchema)
@requires("casos.adjunto.de_persona")
def de_persona(persona_id: UUID) -> dict[str, Any]:
    """Los adjuntos de los documentos y los consentimientos de una persona"""
    return {"adjuntos": vistas.de_persona(persona_id)}


@bp.post("/personas/<uuid:persona_id>/adjuntos")
@bp.arguments(ArchivoDePersonaSchema)
@bp.response(201, AdjuntoSchema)
@requires("casos.adjunto.de_persona")
def adjuntar_a_persona(datos: NuevoAdjunto, persona_id: UUID) -> Adjunto:
    """Adjuntar un archivo, en base64, a un documento o a un consentimiento de una persona"""
    with env().db.begin() as session:
        return actions.adjuntar_a_persona(
            session,
            persona_id,
            datos,
            BytesIO(datos.contenido),
            vistas.maximo(),
            actor=actor(),
            ahora=clock.now(),
        )


@bp.get("/adjuntos/<uuid:adjunto_id>/archivo")
@bp.response(200)
@requires("casos.adjunto.de_persona")
def archivo(adjunto_id: UUID) -> Response:
    """El contenido de un adjunto"""
    return vistas.descarga(adjunto_id)


@bp.post("/adjuntos/<uuid:adjunto_id>/retiro")
@bp.arguments(NuevoRetiroSchema)
@bp.response(200, AdjuntoSchema)
@requires("casos.adjunto.de_persona")
def retirar(datos: NuevoRetiro, adjunto_id: UUID) -> Adjunto:
    """Retirar un adjunto, con su motivo: su contenido se borra"""
    vistas.uno(adjunto_id)
    with env().db.begin() as session:
        return actions.retirar(session, adjunto_id, datos, actor(), clock.now())
