"""Entrance: the figures and the reports as JSON."""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import ValidationError

from oficina.errors import NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from reportes import actions, queries
from reportes.alcance import alcance, alcances
from reportes.descargas import descarga_pdf
from reportes.meses import Mes
from reportes.models import Informe
from reportes.schemas import (
    AlcanceSchema,
    FigurasSchema,
    InformeSchema,
    MesesSchema,
    PedidoSchema,
    figuras_dichas,
)
from reportes.states import Alcance

bp = Blueprint("api", __name__, url_prefix="/reportes/api/v1")


@bp.get("/meses")
@bp.response(200, MesesSchema)
@requires("reportes.ver")
def meses() -> dict[str, Any]:
    """Los meses con datos, el más nuevo primero"""
    with env().db.read() as session:
        return {"meses": queries.meses(session, alcance(None))}


@bp.get("/meses/<string:mes>")
@bp.arguments(AlcanceSchema, location="query")
@bp.response(200, FigurasSchema)
@requires("reportes.ver")
def mes(pedido: dict[str, Alcance | None], mes: str) -> dict[str, Any]:
    """Las cifras de un mes y del anterior, por indicador, y cómo se calcula cada uno"""
    suyo = alcance(pedido["alcance"])
    with env().db.read() as session:
        return figuras_dichas(queries.figuras(session, _mes(mes), suyo))


@bp.post("/informes")
@bp.arguments(PedidoSchema)
@bp.response(202, InformeSchema)
@requires("reportes.informe.pedir")
def pedir(pedido: tuple[Mes, Alcance]) -> tuple[Informe, int, dict[str, str]]:
    """Pedir un mes en PDF; se hace aparte"""
    cual, para_quien = pedido
    with env().db.begin() as session:
        informe = actions.pedir_informe(session, cual, alcance(para_quien), actor())
    return informe, 202, {"Location": f"/reportes/api/v1/informes/{informe.id}"}


@bp.get("/informes/<uuid:informe_id>")
@bp.response(200, InformeSchema)
@requires("reportes.ver")
def informe(informe_id: UUID) -> Informe:
    """En qué va un informe pedido"""
    with env().db.read() as session:
        return queries.informe(session, informe_id, alcances())


@bp.get("/informes/<uuid:informe_id>/pdf")
@bp.response(200, content_type="application/pdf")
@requires("reportes.exportar")
def pdf(informe_id: UUID) -> Response:
    """El informe en PDF, cuando está listo"""
    return descarga_pdf(informe_id)


def _mes(clave: str) -> Mes:
    try:
        return Mes.leer(clave)
    except (ValueError, ValidationError) as error:
        raise NoEncontrado from error
