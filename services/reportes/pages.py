"""Entrance: the months, a month, its files, and the reports as PDF."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from oficina.errors import DatosInvalidos, NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.conditional import vivo
from oficina.web.forms import Form
from oficina.web.i18n import language
from reportes import actions, descargas, exports, queries, vistas
from reportes.alcance import alcance, alcances
from reportes.documento import TOTALES, diferencia, mes_corto, mes_dicho, numero
from reportes.figuras import Figuras
from reportes.labels import DIMENSIONES, ESTADOS, Palabras
from reportes.meses import Mes
from reportes.schemas import PedidoSchema
from reportes.states import Alcance, EstadoInforme

bp = Blueprint("reportes", __name__, url_prefix="/reportes")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.app_context_processor
def _palabras_de_pagina() -> dict[str, Any]:
    """What every template of reportes may use."""
    idioma = language()
    return {
        "numero": lambda valor: numero(valor, idioma),
        "diferencia": lambda valor: diferencia(valor, idioma),
        "mes_dicho": lambda mes: mes_dicho(mes, idioma),
        "mes_corto": lambda mes: mes_corto(mes, idioma),
        "leer_mes": Mes.leer,
        "DIMENSIONES": DIMENSIONES,
        "ESTADOS": ESTADOS,
        "Alcance": Alcance,
        "EstadoInforme": EstadoInforme,
        "texto": lambda textos: exports.texto(textos, idioma),
        "alcance_dicho": exports.alcance_dicho,
    }


@bp.get("/")
@requires("reportes.ver")
def meses() -> str:
    """The months with data, the newest first."""
    with env().db.read() as session:
        con_datos = queries.meses(session, alcance(None))
    return render_template(
        "reportes/meses.html", meses=con_datos, completas=Alcance.INTERNO in alcances()
    )


@bp.get("/<int:anio>/<int:mes>")
@requires("reportes.ver")
def mes(anio: int, mes: int) -> str:
    """A month: tables and charts."""
    cual = _mes(anio, mes)
    publicable = request.args.get("alcance") == Alcance.PUBLICABLE
    with env().db.read() as session:
        figuras = queries.figuras(
            session, cual, alcance(Alcance.PUBLICABLE if publicable else None)
        )
        palabras = _palabras(queries.etiquetas(session, language()))
        informes = queries.informes_de(session, cual, alcances())
    tablas = figuras.tablas
    dibujadas = [t for t in tablas.values() if t.indicador.dimensiones]
    derivaciones = tablas["derivaciones_por_institucion"]
    total = _("Total")
    return render_template(
        "reportes/mes.html",
        figuras=figuras,
        totales=[(cosa, vistas.fila_total(tablas[clave], "")) for clave, cosa in TOTALES],
        listas=[
            (t, [*vistas.filas(t, palabras), vistas.fila_total(t, total)])
            for t in dibujadas
            if not t.indicador.cruzado
        ],
        matrices=[(t, vistas.matriz(t, palabras, total)) for t in dibujadas if t.indicador.cruzado],
        barras={
            t.indicador.clave: [f for f in vistas.filas(t, palabras) if f.nivel == 1]
            for t in dibujadas
            if not t.indicador.cruzado
        }
        | {derivaciones.indicador.clave: vistas.resumen(derivaciones, 1, palabras)},
        completas=Alcance.INTERNO in alcances(),
        informes=informes,
        form=Form(PedidoSchema(), {"mes": cual.clave, "alcance": Alcance.PUBLICABLE}),
    )


@bp.get("/<int:anio>/<int:mes>/<any(publicable, interno):para_quien>.csv")
@requires("reportes.exportar")
def csv(anio: int, mes: int, para_quien: str) -> Response:
    """The month for machines."""
    figuras, palabras = _para_archivo(_mes(anio, mes), Alcance(para_quien))
    contenido = exports.a_csv(figuras, palabras).encode()
    return descargas.descarga(contenido, exports.nombre(figuras, "csv"), "text/csv", recurso="mes")


@bp.get("/<int:anio>/<int:mes>/<any(publicable, interno):para_quien>.xlsx")
@requires("reportes.exportar")
def xlsx(anio: int, mes: int, para_quien: str) -> Response:
    """The month as a workbook."""
    figuras, palabras = _para_archivo(_mes(anio, mes), Alcance(para_quien))
    contenido = exports.a_xlsx(figuras, palabras, language())
    return descargas.descarga(contenido, exports.nombre(figuras, "xlsx"), XLSX, recurso="mes")


@bp.get("/informes")
@requires("reportes.ver")
def informes() -> str:
    """Ask for a report, and those asked for last."""
    return _pagina_de_informes(Form(PedidoSchema(), {"alcance": Alcance.PUBLICABLE}))


@bp.post("/informes")
@requires("reportes.informe.pedir")
def pedir_informe() -> ResponseReturnValue:
    """Ask for a month as PDF."""
    form = Form(PedidoSchema())
    if not form.valid:
        return _pagina_de_informes(form), 422
    cual, para_quien = form.data
    suyo = alcance(para_quien)
    try:
        with env().db.begin() as session:
            informe = actions.pedir_informe(session, cual, suyo, actor())
    except DatosInvalidos as error:
        form.add_errors(error)
        return _pagina_de_informes(form), 422
    return redirect(f"/reportes/informes/{informe.id}", 303)


@bp.get("/informes/<uuid:informe_id>")
@requires("reportes.ver")
def informe(informe_id: UUID) -> str:
    """How far a report is; it follows by itself."""
    with env().db.read() as session:
        pedido = queries.informe(session, informe_id, alcances())
    return render_template("reportes/informe.html", informe=pedido)


@bp.get("/informes/<uuid:informe_id>/avance")
@requires("reportes.ver")
def avance(informe_id: UUID) -> Response:
    """The part of that page that changes."""
    with env().db.read() as session:
        pedido = queries.informe(session, informe_id, alcances())
    visto = f"{pedido.id}:{pedido.estado}:{pedido.progreso}:{pedido.intentos}"
    return vivo(visto, lambda: render_template("reportes/_avance.html", informe=pedido))


@bp.get("/informes/<uuid:informe_id>/pdf")
@requires("reportes.exportar")
def pdf(informe_id: UUID) -> Response:
    """The file of a report that is ready."""
    return descargas.descarga_pdf(informe_id)


def _pagina_de_informes(form: Form) -> str:
    with env().db.read() as session:
        opciones = [
            (resumen.mes.clave, mes_dicho(resumen.mes, language()))
            for resumen in queries.meses(session, Alcance.PUBLICABLE)
        ]
        ultimos = queries.ultimos_informes(session, alcances())
    return render_template(
        "reportes/informes.html",
        form=form,
        opciones=opciones,
        informes=ultimos,
        completas=Alcance.INTERNO in alcances(),
    )


def _para_archivo(cual: Mes, pedido: Alcance) -> tuple[Figuras, Palabras]:
    suyo = alcance(pedido)
    with env().db.read() as session:
        figuras = queries.figuras(session, cual, suyo)
        return figuras, _palabras(queries.etiquetas(session, language()))


def _palabras(etiquetas: Mapping[tuple[str, str], str]) -> Palabras:
    return Palabras(etiquetas, language())


def _mes(anio: int, mes: int) -> Mes:
    try:
        return Mes.de(anio, mes)
    except ValueError as error:
        raise NoEncontrado from error
