"""Entrance: incidents, as JSON."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.incidentes import actions, queries, vistas
from casos.incidentes.actions import Aviso, Decision, Medida, NuevoReporte, Periodo
from casos.incidentes.alcanzadas import Alcanzadas, personas_de, tocado_por
from casos.incidentes.models import Clasificacion, IncidenteSeguridad
from casos.incidentes.queries import FilaIncidente, Reporte, SeguimientoDeIncidente
from casos.incidentes.schemas import (
    AlcanzadasSchema,
    AvisoSchema,
    ClasificacionSchema,
    DecisionSchema,
    FiltroIncidentesSchema,
    IncidenteResumenSchema,
    IncidenteSchema,
    IncidentesSchema,
    MedidaSchema,
    NuevoReporteSchema,
    PeriodoDeCuentaSchema,
    PersonasSchema,
    RazonSchema,
    RegistroDeIncidentesSchema,
    ReporteSchema,
    ReportesSchema,
    SeguimientoDeIncidenteSchema,
)
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import check_version, etag_of, versioned
from oficina.web.repeats import unrehearsed

bp = Blueprint("incidentes", __name__, url_prefix="/casos/api/v1", description="Incidentes")

Answer = tuple[dict[str, Any], int, dict[str, str]]


@bp.post("/incidentes")
@bp.arguments(NuevoReporteSchema)
@bp.response(201, ReporteSchema)
@requires("casos.incidente.reportar")
def reportar(datos: NuevoReporte) -> Reporte:
    """Reportar una sospecha de incidente de seguridad de datos personales"""
    with env().db.begin() as session:
        hecho = actions.reportar(session, datos, actor(), clock.now())
    return Reporte(hecho.id, hecho.folio, hecho.causa, hecho.estado, hecho.reportado_en)


@bp.get("/incidentes/mios")
@bp.response(200, ReportesSchema)
@requires("casos.incidente.reportar")
def mios() -> dict[str, Any]:
    """Lo que reportó quien pregunta, y en qué está"""
    with env().db.read() as session:
        return {"reportes": queries.reportes_de(session, actor().id)}


@bp.get("/incidentes")
@bp.arguments(FiltroIncidentesSchema, location="query", as_kwargs=True)
@bp.response(200, IncidentesSchema)
@requires("casos.incidente.ver")
def bandeja(*, todos: bool) -> dict[str, Any]:
    """Los incidentes que esperan algo, el más nuevo arriba; con `todos`, también los demás"""
    with env().db.read() as session:
        filas = queries.bandeja(session, todos=todos)
    registrar_lectura(
        env().db, actor(), "casos.incidente.listar", "incidente", None, cantidad=len(filas)
    )
    return {"incidentes": [_resumen(fila) for fila in filas]}


@bp.get("/incidentes/registro")
@bp.response(200, RegistroDeIncidentesSchema)
@requires("casos.incidente.ver")
def registro() -> dict[str, Any]:
    """El registro de incidentes que la Agencia puede pedir; sin el nombre de nadie"""
    with env().db.read() as session:
        filas = queries.registro(session)
    registrar_lectura(
        env().db, actor(), "casos.incidente.exportar", "incidente", None, cantidad=len(filas)
    )
    return vistas.registro(filas)


@bp.get("/incidentes/<uuid:incidente_id>")
@bp.response(200, IncidenteSchema)
@requires("casos.incidente.ver")
@versioned
def ver(incidente_id: UUID) -> Answer:
    """Un incidente con todo lo que se sabe de él"""
    answer = _answer(incidente_id)
    registrar_lectura(env().db, actor(), "casos.incidente.ver", "incidente", incidente_id)
    return answer


@bp.get("/incidentes/<uuid:incidente_id>/seguimiento")
@bp.response(200, SeguimientoDeIncidenteSchema)
@requires("casos.incidente.seguir")
def seguimiento(incidente_id: UUID) -> SeguimientoDeIncidente:
    """Cómo va un incidente y qué relojes corren; solo para servicios"""
    with env().db.read() as session:
        hallado = queries.seguimiento(session, incidente_id)
    registrar_lectura(env().db, actor(), "casos.incidente.ver", "incidente", incidente_id)
    return hallado


@bp.post("/incidentes/<uuid:incidente_id>/alcanzadas")
@bp.arguments(PeriodoDeCuentaSchema)
@bp.response(200, AlcanzadasSchema)
@requires("casos.incidente.ver")
@unrehearsed
def alcanzadas(periodo: Periodo, incidente_id: UUID) -> Alcanzadas:
    """De quiénes leyó o cambió datos una cuenta en un período, según la auditoría"""
    with env().db.read() as session:
        queries.incidente_por_id(session, incidente_id)
    tocado = tocado_por(env(), periodo.uso())
    with env().db.read() as session:
        halladas = personas_de(session, tocado, Alcance.de(actor()))
    registrar_lectura(
        env().db,
        actor(),
        "casos.incidente.alcanzadas",
        "incidente",
        incidente_id,
        cantidad=len(halladas.personas),
    )
    return halladas


@bp.post("/incidentes/<uuid:incidente_id>/abrir")
@bp.arguments(ClasificacionSchema)
@bp.response(200, IncidenteSchema)
@requires("casos.incidente.gestionar")
@versioned
def abrir(que: Clasificacion, incidente_id: UUID) -> Answer:
    """Abrir como incidente, con su clasificación"""
    return _hacer(incidente_id, actions.abrir, que)


@bp.post("/incidentes/<uuid:incidente_id>/clasificar")
@bp.arguments(ClasificacionSchema)
@bp.response(200, IncidenteSchema)
@requires("casos.incidente.gestionar")
@versioned
def clasificar(que: Clasificacion, incidente_id: UUID) -> Answer:
    """Cambiar la clasificación, cuando se sabe más"""
    return _hacer(incidente_id, actions.clasificar, que)


@bp.post("/incidentes/<uuid:incidente_id>/medida")
@bp.arguments(MedidaSchema)
@bp.response(200, IncidenteSchema)
@requires("casos.incidente.gestionar")
@versioned
def medida(tomada: Medida, incidente_id: UUID) -> Answer:
    """Anotar una medida"""
    return _hacer(incidente_id, actions.tomar_medida, tomada)


@bp.post("/incidentes/<uuid:incidente_id>/vincular")
@bp.arguments(PersonasSchema)
@bp.response(200, IncidenteSchema)
@requires("casos.incidente.gestionar")
@versioned
def vincular(escritas: list[str], incidente_id: UUID) -> Answer:
    """Agregar personas afectadas, por folio o id"""
    return _hacer(incidente_id, actions.vincular, escritas)


@bp.post("/incidentes/<uuid:incidente_id>/vincular-alcanzadas")
@bp.arguments(PeriodoDeCuentaSchema)
@bp.response(200, IncidenteSchema)
@requires("casos.incidente.gestionar")
@versioned
@unrehearsed
def vincular_alcanzadas(periodo: Periodo, incidente_id: UUID) -> Answer:
    """Agregar a todas las personas cuyos datos leyó o cambió una cuenta en un período"""
    return _hacer(incidente_id, actions.vincular_alcanzadas, tocado_por(env(), periodo.uso()))


@bp.post("/incidentes/<uuid:incidente_id>/desvincular")
@bp.arguments(PersonasSchema)
@bp.response(200, IncidenteSchema)
@requires("casos.incidente.gestionar")
@versioned
def desvincular(escritas: list[str], incidente_id: UUID) -> Answer:
    """Quitar personas que se agregaron por error"""
    return _hacer(incidente_id, actions.desvincular, escritas)


@bp.post("/incidentes/<uuid:incidente_id>/decidir")
@bp.arguments(DecisionSchema)
@bp.response(200, IncidenteSchema)
@requires("casos.incidente.gestionar")
@versioned
def decidir(decision: Decision, incidente_id: UUID) -> Answer:
    """Decidir si se comunica, y por qué"""
    return _hacer(incidente_id, actions.decidir, decision)


@bp.post("/incidentes/<uuid:incidente_id>/avisar")
@bp.arguments(AvisoSchema)
@bp.response(200, IncidenteSchema)
@requires("casos.incidente.gestionar")
@versioned
def avisar(hecho: Aviso, incidente_id: UUID) -> Answer:
    """Anotar que se comunicó, cuándo y cómo"""
    return _hacer(incidente_id, actions.avisar, hecho)


@bp.post("/incidentes/<uuid:incidente_id>/descartar")
@bp.arguments(RazonSchema)
@bp.response(200, IncidenteSchema)
@requires("casos.incidente.gestionar")
@versioned
def descartar(texto: str, incidente_id: UUID) -> Answer:
    """Descartar la sospecha: no fue un incidente"""
    return _hacer(incidente_id, actions.descartar, texto)


@bp.post("/incidentes/<uuid:incidente_id>/cerrar")
@bp.arguments(RazonSchema)
@bp.response(200, IncidenteSchema)
@requires("casos.incidente.gestionar")
@versioned
def cerrar(texto: str, incidente_id: UUID) -> Answer:
    """Cerrar el incidente: se hizo todo lo que correspondía"""
    return _hacer(incidente_id, actions.cerrar, texto)


@bp.post("/incidentes/<uuid:incidente_id>/reabrir")
@bp.arguments(RazonSchema)
@bp.response(200, IncidenteSchema)
@requires("casos.incidente.gestionar")
@versioned
def reabrir(texto: str, incidente_id: UUID) -> Answer:
    """Reabrir: se supo algo más"""
    return _hacer(incidente_id, actions.reabrir, texto)


def _hacer(
    incidente_id: UUID,
    accion: Callable[[Session, UUID, Any, Actor, datetime], IncidenteSeguridad],
    datos: Any,
) -> Answer:
    """Take a step on the version that was read."""
    with env().db.begin() as session:
        check_version(queries.incidente_por_id(session, incidente_id, bloquear=True), None)
        accion(session, incidente_id, datos, actor(), clock.now())
    return _answer(incidente_id)


def _answer(incidente_id: UUID) -> Answer:
    with env().db.read() as session:
        fila = queries.con_historia(session, incidente_id)
        personas = queries.vinculadas(session, incidente_id)
    uno = fila.incidente
    cuerpo = {campo: getattr(uno, campo) for campo in _CAMPOS} | _resumen(fila)
    cuerpo |= {
        "personas": personas,
        "protegidas": vistas.protegidas(uno),
        "obliga": vistas.obliga(uno),
        "faltas": sorted(uno.faltas()),
        "relojes": fila.plazos,
    }
    return cuerpo, 200, etag_of(uno)


def _resumen(fila: FilaIncidente) -> dict[str, Any]:
    campos = {campo: getattr(fila.incidente, campo) for campo in _DEL_RESUMEN}
    return campos | {"vence_en": fila.corre.vence_en if fila.corre else None}


_DEL_RESUMEN = tuple(set(IncidenteResumenSchema().fields) - {"vence_en"})
_APARTE = {"vence_en", "personas", "protegidas", "obliga", "faltas", "relojes"}
_CAMPOS = tuple(set(IncidenteSchema().fields) - _APARTE)
