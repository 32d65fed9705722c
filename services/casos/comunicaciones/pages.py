"""Entrance: the register of communications, on pages and as a file."""

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import gettext as _

from casos.alcance import Alcance
from casos.comunicaciones import queries
from casos.comunicaciones.queries import Registro
from casos.comunicaciones.schemas import PeriodoSchema
from casos.comunicaciones.vistas import Linea, linea, periodo
from casos.personas.queries import persona_por_id
from oficina import clock, hojas
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.files import as_file

bp = Blueprint("comunicaciones_paginas", __name__, url_prefix="/casos")


@bp.get("/comunicaciones")
@requires("casos.comunicacion.ver")
def comunicaciones() -> str:
    """What left the office in a period."""
    desde, hasta, registro = _registro("casos.comunicacion.listar")
    return render_template(
        "casos/comunicaciones/registro.html",
        desde=desde,
        hasta=hasta,
        lineas=[linea(una) for una in registro.filas],
        hay_mas=registro.hay_mas,
        maximo=queries.MAXIMO,
    )


@bp.get("/comunicaciones.csv")
@requires("casos.comunicacion.ver")
def archivo() -> Response:
    """The same, as a file to keep."""
    desde, hasta, registro = _registro("casos.comunicacion.exportar")
    respuesta: Response = current_app.response_class(
        _a_csv([linea(una) for una in registro.filas]), mimetype="text/csv"
    )
    nombre = f"acogida-comunicaciones-{desde}-{hasta}.csv"
    return as_file(respuesta, nombre)


@bp.get("/personas/<uuid:persona_id>/comunicaciones")
@requires("casos.comunicacion.ver")
def de_persona(persona_id: UUID) -> str:
    """Who received data of one person."""
    with env().db.read() as session:
        persona = persona_por_id(session, persona_id, Alcance.de(actor()))
        registro = queries.comunicaciones(session, persona_id=persona_id)
    registrar_lectura(env().db, actor(), "casos.comunicacion.ver", "persona", persona_id)
    return render_template(
        "casos/comunicaciones/persona.html",
        persona=persona,
        lineas=[linea(una) for una in registro.filas],
        hay_mas=registro.hay_mas,
        maximo=queries.MAXIMO,
    )


def _registro(accion: str) -> tuple[date, date, Registro]:
    sent = {nombre: texto for nombre, texto in request.args.items() if texto}
    pedido = PeriodoSchema().load({k: v for k, v in sent.items() if k in {"desde", "hasta"}})
    desde, hasta, inicio, fin = periodo(pedido["desde"], pedido["hasta"], clock.today())
    with env().db.read() as session:
        registro = queries.comunicaciones(session, desde=inicio, antes_de=fin)
    cuantas = len(registro.filas)
    registrar_lectura(env().db, actor(), accion, "comunicacion", None, cantidad=cuantas)
    return desde, hasta, registro


def _a_csv(lineas: list[Linea]) -> bytes:
    """One row a communication; people by their folio only."""
    titulos = [
        _("Cuándo"),
        _("Folio"),
        _("Persona"),
        _("Quién recibió"),
        _("Qué"),
        _("Para qué"),
        _("Base"),
        _("No se puede usar desde"),
    ]
    filas = [
        (
            una.comunicacion.cuando.isoformat(),
            una.comunicacion.folio,
            una.comunicacion.persona_folio,
            una.quien,
            una.que,
            una.para_que,
            una.base,
            una.comunicacion.retirada_en.isoformat() if una.comunicacion.retirada_en else "",
        )
        for una in lineas
    ]
    return b"".join(hojas.a_csv(titulos, filas))
