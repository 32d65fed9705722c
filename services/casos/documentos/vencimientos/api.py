"""Entrance: documents that expire, as JSON."""

from casos.alcance import Alcance
from casos.documentos.vencimientos import queries
from casos.documentos.vencimientos.queries import HojaDocumentos
from casos.documentos.vencimientos.schemas import (
    DocumentosPorVencerSchema,
    Filtro,
    FiltroDeVencimientosSchema,
)
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint(
    "documentos_por_vencer", __name__, url_prefix="/casos/api/v1", description="Documentos"
)


@bp.get("/documentos/por-vencer")
@bp.arguments(FiltroDeVencimientosSchema, location="query")
@bp.response(200, DocumentosPorVencerSchema)
@requires("casos.persona.ver")
def por_vencer(filtro: Filtro) -> HojaDocumentos:
    """Documentos que vencen pronto, de las personas que ve quien pregunta; sin su número"""
    return leer(filtro)


def leer(filtro: Filtro) -> HojaDocumentos:
    """What the reader sees, written down in the audit."""
    with env().db.read() as session:
        hoja = queries.por_vencer(session, filtro, Alcance.de(actor()), clock.today())
    registrar_lectura(
        env().db,
        actor(),
        "casos.documento.por_vencer",
        "persona",
        None,
        cantidad=len(hoja.filas),
    )
    return hoja
