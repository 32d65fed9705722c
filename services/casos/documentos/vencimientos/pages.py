"""Entrance: the page of documents that expire."""

from flask import Blueprint, render_template, request
from flask_babel import ngettext
from marshmallow import ValidationError

from casos.documentos.vencimientos.api import leer
from casos.documentos.vencimientos.reglas import reglas
from casos.documentos.vencimientos.schemas import Filtro, FiltroDeVencimientosSchema
from casos.etiquetas import opciones
from oficina.identity_docs import TipoDocumento
from oficina.web.auth import requires

bp = Blueprint("documentos_por_vencer_paginas", __name__, url_prefix="/casos")


@bp.get("/documentos/por-vencer")
@requires("casos.persona.ver")
def lista() -> str:
    """What expires soon, of people whom the reader sees."""
    filtro = _filtro()
    return render_template(
        "casos/documentos/por_vencer.html",
        hoja=leer(filtro),
        filtro=filtro,
        pedido=_pedido(),
        tipos=opciones(TipoDocumento, TipoDocumento.SIN_DOCUMENTO),
        plazos=[
            (dias, ngettext("%(num)s día", "%(num)s días", dias)) for dias in reglas().lista_dias
        ],
    )


def _filtro() -> Filtro:
    try:
        pedido: Filtro = FiltroDeVencimientosSchema().load(_pedido())
    except ValidationError:
        # An address that somebody wrote by hand: the list, as if it asked for nothing.
        return Filtro(dias=reglas().lista_por_omision)
    return pedido


def _pedido() -> dict[str, str]:
    nombres = FiltroDeVencimientosSchema().load_fields
    return {n: texto for n in nombres if (texto := request.args.get(n, "").strip())}
