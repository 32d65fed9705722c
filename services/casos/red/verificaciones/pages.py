"""Entrance: the page of what is to be asked of the network again."""

from itertools import groupby

from flask import Blueprint, Response, render_template, request
from marshmallow import ValidationError

from casos.etiquetas import opciones
from casos.hoja import hoja
from casos.red.consultas.queries import correo_de, cuantas_correcciones
from casos.red.queries import instituciones
from casos.red.verificaciones import exportacion, queries
from casos.red.verificaciones.models import ClaseVerificacion
from casos.red.verificaciones.schemas import Filtro, FiltroPorVerificarSchema
from casos.red.verificaciones.vigencia import reglas
from oficina import clock, hojas
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.files import send, spooled

bp = Blueprint("red_verificaciones_paginas", __name__, url_prefix="/casos/red")


@bp.get("/por-verificar")
@requires("casos.red.editar")
def lista() -> str:
    """What is to be asked, by institution with whom to call, some a page."""
    filtro = _filtro()
    with env().db.read() as session:
        una = hoja(queries.por_verificar(session, filtro, clock.today()), filtro.pagina)
        todas = instituciones(session)
        correcciones = cuantas_correcciones(session)
    grupos = groupby(una.filas, key=lambda uno: uno.servicio.institucion)
    return render_template(
        "casos/red/verificaciones/lista.html",
        hoja=una,
        grupos=[(institucion, list(suyos)) for institucion, suyos in grupos],
        a_quien_preguntar=queries.a_quien_preguntar,
        correo_de=correo_de,
        correcciones=correcciones,
        filtro=filtro,
        pedido=_pedido(),
        instituciones=[(cual.id, cual.titulo) for cual in todas],
        clases=opciones(ClaseVerificacion),
        reglas=reglas(),
    )


@bp.get("/por-verificar.csv")
@requires("casos.red.editar")
def archivo() -> Response:
    """The same list, whole, as a file."""
    with env().db.read() as session:
        hallados = queries.por_verificar(session, _filtro(), clock.today())
    registrar_lectura(
        env().db,
        actor(),
        "casos.red.por_verificar.exportar",
        "servicio_red",
        None,
        cantidad=len(hallados),
    )
    lineas = hojas.a_csv(exportacion.titulos(), exportacion.filas(hallados))
    hecho = spooled(lambda salida: salida.writelines(lineas))
    nombre = f"red-por-verificar-{clock.today().isoformat()}.csv"
    return send(hecho, nombre, f"{hojas.CSV}; charset=utf-8")


def _filtro() -> Filtro:
    try:
        pedido: Filtro = FiltroPorVerificarSchema().load(_pedido())
    except ValidationError:
        # An address that somebody wrote by hand: the list, as if it asked for nothing.
        return Filtro()
    return pedido


def _pedido() -> dict[str, str]:
    nombres = FiltroPorVerificarSchema().load_fields
    return {n: texto for n in nombres if (texto := request.args.get(n, "").strip())}
