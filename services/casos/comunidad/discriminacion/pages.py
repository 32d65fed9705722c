"""Entrance: the pages of reports of discrimination."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.comunidad.discriminacion import actions, queries
from casos.comunidad.discriminacion.etiquetas import HISTORIA
from casos.comunidad.discriminacion.exportacion import filas, titulos
from casos.comunidad.discriminacion.models import ReporteDeDiscriminacion
from casos.comunidad.discriminacion.reglas import Dichos, reglas
from casos.comunidad.discriminacion.schemas import (
    CasoDeReporteSchema,
    DeQuienEsElReporteSchema,
    Filtro,
    FiltroReportesSchema,
    FinDeReporteSchema,
    GestionDeReporteSchema,
    NuevoReporteDeDiscriminacionSchema,
)
from casos.comunidad.discriminacion.states import VIVOS, Accion, Estado
from casos.comunidad.pasos import ultimo
from casos.etiquetas import etiqueta, opciones
from casos.formularios import intentar, posibles
from casos.hoja import hoja
from casos.red.queries import instituciones
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.files import descarga
from oficina.web.forms import Form
from oficina.web.i18n import language
from oficina.web.stale import Present

bp = Blueprint("discriminacion_paginas", __name__, url_prefix="/casos/comunidad/discriminacion")

ACCIONES = "any({})".format(", ".join(sorted(Accion)))


@bp.get("")
@requires("casos.discriminacion.ver")
def lista() -> str:
    """Those that a filter lets through, as far as the reader may see them."""
    filtro = _filtro()
    with env().db.read() as session:
        una = hoja(queries.reportes(session, filtro, Alcance.de(actor())), filtro.pagina)
        red = instituciones(session)
    _leidos("casos.discriminacion.listar", len(una.filas))
    return render_template(
        "casos/comunidad/discriminacion/lista.html",
        hoja=una,
        filtro=filtro,
        pedido=_pedido(),
        instituciones=[(str(i.id), i.titulo) for i in red],
        estados=opciones(Estado),
        **_listas(),
    )


@bp.get("/lista.<any(csv, xlsx):tipo>")
@requires("casos.discriminacion.exportar")
def archivo(tipo: str) -> Response:
    """The same list, as a file without people."""
    with env().db.read() as session:
        todos = queries.reportes(session, _filtro(), Alcance.de(actor()))
    _leidos("casos.discriminacion.exportar", len(todos))
    return descarga(tipo, "discriminacion", _("Discriminación"), titulos(), filas(todos))


@bp.route("/nuevo", methods=["GET", "POST"])
@requires("casos.discriminacion.gestionar")
def nuevo() -> ResponseReturnValue:
    """Write down what somebody tells."""
    form = Form(NuevoReporteDeDiscriminacionSchema(), {})
    intento = intentar(
        form,
        lambda session: actions.reportar(session, form.data, actor(), clock.now()),
    )
    if hecho := intento.resultado:
        flash(_("Se anotó el reporte %(folio)s.", folio=hecho.folio), "success")
        return redirect(url_for(".ver", reporte_id=hecho.id), 303)
    with env().db.read() as session:
        red = instituciones(session)
    page = render_template(
        "casos/comunidad/discriminacion/nuevo.html",
        form=form,
        instituciones=[(str(i.id), i.titulo) for i in red],
        **_listas(),
    )
    return page, intento.status


@bp.get("/<uuid:reporte_id>")
@requires("casos.discriminacion.ver")
def ver(reporte_id: UUID) -> str:
    """A report, and what was done about it."""
    uno = _leer(reporte_id)
    with env().db.read() as session:
        pasos = queries.pasos(session, reporte_id)
    plazos = reglas().plazos if uno.ocurrio_el and uno.estado in VIVOS else ()
    return render_template(
        "casos/comunidad/discriminacion/ver.html",
        uno=uno,
        pasos=pasos,
        plazos=plazos,
        dichos=HISTORIA,
        dicho=_dicho,
        hoy=clock.today(),
    )


@bp.route(f"/<uuid:reporte_id>/<{ACCIONES}:accion>", methods=["GET", "POST"])
@requires("casos.discriminacion.gestionar")
def paso(reporte_id: UUID, accion: str) -> ResponseReturnValue:
    """Take a step, with what it needs."""
    pedida = Accion(accion)
    uno = _leer(reporte_id)
    form = Form(_SCHEMAS[pedida](), {"version": uno.version})
    intento = intentar(
        form,
        lambda s: _HACER[pedida](s, reporte_id, form.data),
        lambda s: _como_esta(s, reporte_id, pedida),
    )
    if intento.hecho:
        flash(_("Se guardó el reporte %(folio)s.", folio=uno.folio), "success")
        return redirect(url_for(".ver", reporte_id=reporte_id), 303)
    page = render_template(
        "casos/comunidad/discriminacion/paso.html",
        form=form,
        uno=uno,
        accion=pedida,
        **_listas(),
    )
    return page, intento.status


def _como_esta(session: Session, reporte_id: UUID, pedida: Accion) -> Present:
    """How a report stands, who left it so, and what the reader can do with it now."""
    uno = queries.reporte_por_id(session, reporte_id, Alcance.de(actor()))
    cambio, dicho = ultimo(queries.pasos(session, reporte_id), HISTORIA)
    return Present(
        values={"version": uno.version},
        change=cambio,
        what=dicho,
        state=etiqueta(uno.estado),
        allowed=posibles(
            uno.acciones,
            pedida,
            lambda accion: url_for(".paso", reporte_id=reporte_id, accion=accion),
        ),
    )


def _leer(reporte_id: UUID) -> ReporteDeDiscriminacion:
    with env().db.read() as session:
        uno = queries.reporte_por_id(session, reporte_id, Alcance.de(actor()))
    registrar_lectura(
        env().db, actor(), "casos.discriminacion.ver", "reporte_de_discriminacion", reporte_id
    )
    return uno


def _leidos(accion: str, cuantos: int) -> None:
    registrar_lectura(
        env().db, actor(), accion, "reporte_de_discriminacion", None, cantidad=cuantos
    )


def _dicho(cuales: str, codigo: str) -> str:
    return reglas().dicho(cuales, codigo, language())


def _listas() -> dict[str, Any]:
    """What one chooses from, and how a code reads."""

    def pares(cuales: str, dichos: Dichos) -> Sequence[tuple[str, str]]:
        return [(codigo, _dicho(cuales, codigo)) for codigo in dichos]

    return {
        "motivos": pares("motivos", reglas().motivos),
        "donde": pares("lugares", reglas().lugares),
        "vias": pares("vias", reglas().vias),
        "dicho": _dicho,
    }


def _filtro() -> Filtro:
    try:
        pedido: Filtro = FiltroReportesSchema().load(_pedido())
    except ValidationError:
        # An address that somebody wrote by hand: the list, as if it asked for nothing.
        return Filtro()
    return pedido


def _pedido() -> dict[str, Any]:
    nombres = FiltroReportesSchema().load_fields
    return {n: texto for n in nombres if (texto := request.args.get(n, "").strip())}


_Accion = Callable[..., ReporteDeDiscriminacion]


def _hacer(accion: _Accion) -> Callable[[Session, UUID, Any], ReporteDeDiscriminacion]:
    return lambda session, cual, datos: accion(session, cual, datos, actor(), clock.now())


_SCHEMAS: Mapping[Accion, type[Schema]] = {
    Accion.GESTIONAR: GestionDeReporteSchema,
    Accion.IDENTIFICAR: DeQuienEsElReporteSchema,
    Accion.ABRIR_CASO: CasoDeReporteSchema,
    Accion.CERRAR: FinDeReporteSchema,
    Accion.DESCARTAR: FinDeReporteSchema,
}

_HACER: Mapping[Accion, Callable[[Session, UUID, Any], ReporteDeDiscriminacion]] = {
    Accion.GESTIONAR: _hacer(actions.gestionar),
    Accion.IDENTIFICAR: _hacer(actions.identificar),
    Accion.ABRIR_CASO: _hacer(actions.abrir_caso),
    Accion.CERRAR: _hacer(actions.cerrar),
    Accion.DESCARTAR: _hacer(actions.descartar),
}
