"""Entrance: reports of discrimination, as JSON."""

from typing import Any
from uuid import UUID

from casos.alcance import Alcance
from casos.comunidad.discriminacion import actions, queries
from casos.comunidad.discriminacion.models import ReporteDeDiscriminacion
from casos.comunidad.discriminacion.schemas import (
    CasoDeReporteSchema,
    ConNota,
    DeQuien,
    DeQuienEsElReporteSchema,
    Filtro,
    FiltroReportesSchema,
    FinDeReporteSchema,
    Gestion,
    GestionDeReporteSchema,
    NuevoReporte,
    NuevoReporteDeDiscriminacionSchema,
    ReporteDeDiscriminacionSchema,
    ReportesDeDiscriminacionSchema,
    SinDatos,
)
from casos.hoja import hoja
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint(
    "discriminacion",
    __name__,
    url_prefix="/casos/api/v1/comunidad",
    description="Reportes de discriminación",
)

Answer = tuple[ReporteDeDiscriminacion, int, dict[str, str]]

_SIN_VERSION = ("version",)


@bp.get("/discriminacion")
@bp.arguments(FiltroReportesSchema, location="query")
@bp.response(200, ReportesDeDiscriminacionSchema)
@requires("casos.discriminacion.ver")
def listar(filtro: Filtro) -> dict[str, Any]:
    """Reportes sin terminar; los que terminaron, si se piden por su estado"""
    with env().db.read() as session:
        todos = queries.reportes(session, filtro, Alcance.de(actor()))
    una = hoja(todos, filtro.pagina)
    registrar_lectura(
        env().db,
        actor(),
        "casos.discriminacion.listar",
        "reporte_de_discriminacion",
        None,
        cantidad=len(una.filas),
    )
    return {"reportes": una.filas} | {
        campo: getattr(una, campo) for campo in ("total", "pagina", "paginas")
    }


@bp.post("/discriminacion")
@bp.arguments(NuevoReporteDeDiscriminacionSchema)
@bp.response(201, ReporteDeDiscriminacionSchema)
@requires("casos.discriminacion.gestionar")
def reportar(datos: NuevoReporte) -> Answer:
    """Anotar un reporte; sin `folio` es anónimo"""
    with env().db.begin() as session:
        hecho = actions.reportar(session, datos, actor(), clock.now())
    uno, _status, headers = _answer(hecho.id)
    location = f"/casos/api/v1/comunidad/discriminacion/{hecho.id}"
    return uno, 201, headers | {"Location": location}


@bp.get("/discriminacion/<uuid:reporte_id>")
@bp.response(200, ReporteDeDiscriminacionSchema)
@requires("casos.discriminacion.ver")
@versioned
def ver(reporte_id: UUID) -> Answer:
    """Un reporte"""
    return _answer(reporte_id)


@bp.post("/discriminacion/<uuid:reporte_id>/gestiones")
@bp.arguments(GestionDeReporteSchema(exclude=_SIN_VERSION))
@bp.response(200, ReporteDeDiscriminacionSchema)
@requires("casos.discriminacion.gestionar")
@versioned
def gestionar(datos: Gestion, reporte_id: UUID) -> Answer:
    """Anotar qué se hizo y por qué vía"""
    with env().db.begin() as session:
        actions.gestionar(session, reporte_id, datos, actor(), clock.now())
    return _answer(reporte_id)


@bp.post("/discriminacion/<uuid:reporte_id>/persona")
@bp.arguments(DeQuienEsElReporteSchema(exclude=_SIN_VERSION))
@bp.response(200, ReporteDeDiscriminacionSchema)
@requires("casos.discriminacion.gestionar")
@versioned
def identificar(datos: DeQuien, reporte_id: UUID) -> Answer:
    """Decir de quién es un reporte anónimo"""
    with env().db.begin() as session:
        actions.identificar(session, reporte_id, datos, actor(), clock.now())
    return _answer(reporte_id)


@bp.post("/discriminacion/<uuid:reporte_id>/caso")
@bp.arguments(CasoDeReporteSchema(exclude=_SIN_VERSION))
@bp.response(200, ReporteDeDiscriminacionSchema)
@requires("casos.discriminacion.gestionar")
@versioned
def abrir_caso(datos: SinDatos, reporte_id: UUID) -> Answer:
    """Abrir un caso por un reporte"""
    with env().db.begin() as session:
        actions.abrir_caso(session, reporte_id, datos, actor(), clock.now())
    return _answer(reporte_id)


@bp.post("/discriminacion/<uuid:reporte_id>/cierre")
@bp.arguments(FinDeReporteSchema(exclude=_SIN_VERSION))
@bp.response(200, ReporteDeDiscriminacionSchema)
@requires("casos.discriminacion.gestionar")
@versioned
def cerrar(datos: ConNota, reporte_id: UUID) -> Answer:
    """Decir en qué quedó un reporte"""
    with env().db.begin() as session:
        actions.cerrar(session, reporte_id, datos, actor(), clock.now())
    return _answer(reporte_id)


@bp.post("/discriminacion/<uuid:reporte_id>/descarte")
@bp.arguments(FinDeReporteSchema(exclude=_SIN_VERSION))
@bp.response(200, ReporteDeDiscriminacionSchema)
@requires("casos.discriminacion.gestionar")
@versioned
def descartar(datos: ConNota, reporte_id: UUID) -> Answer:
    """Descartar lo que se anotó por error o dos veces"""
    with env().db.begin() as session:
        actions.descartar(session, reporte_id, datos, actor(), clock.now())
    return _answer(reporte_id)


def _answer(reporte_id: UUID) -> Answer:
    with env().db.read() as session:
        uno = queries.reporte_por_id(session, reporte_id, Alcance.de(actor()))
    registrar_lectura(
        env().db, actor(), "casos.discriminacion.ver", "reporte_de_discriminacion", reporte_id
    )
    return uno, 200, etag_of(uno)
