"""Entrance: requests about somebody's data, as JSON."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from casos.derechos import actions, queries
from casos.derechos.actions import NuevaSolicitud, Prorroga, Respuesta
from casos.derechos.queries import FilaSolicitud, SeguimientoDeSolicitud
from casos.derechos.schemas import (
    FiltroSolicitudesSchema,
    NuevaSolicitudSchema,
    ProrrogaSchema,
    RechazoSchema,
    ReciboSchema,
    RespuestaASolicitudSchema,
    SeguimientoDeSolicitudSchema,
    SolicitudesSchema,
    SolicitudResumenSchema,
    SolicitudSchema,
)
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import check_version, etag_of, versioned

bp = Blueprint("derechos", __name__, url_prefix="/casos/api/v1", description="Derechos")

Answer = tuple[dict[str, Any], int, dict[str, str]]


@bp.post("/personas/<uuid:persona_id>/derechos")
@bp.arguments(NuevaSolicitudSchema)
@bp.response(201, ReciboSchema)
@requires("casos.derecho.registrar")
def registrar(datos: NuevaSolicitud, persona_id: UUID) -> dict[str, Any]:
    """Recibir una solicitud de derechos de una persona"""
    with env().db.begin() as session:
        hecha = actions.registrar(session, persona_id, datos, actor(), clock.now())
        recibo = queries.seguimiento(session, hecha.id)
    return {"id": hecha.id} | vars(recibo)


@bp.get("/derechos")
@bp.arguments(FiltroSolicitudesSchema, location="query", as_kwargs=True)
@bp.response(200, SolicitudesSchema)
@requires("casos.derecho.ver")
def bandeja(*, todas: bool) -> dict[str, Any]:
    """Las solicitudes que esperan, la que vence primero arriba; con `todas`, también las demás"""
    with env().db.read() as session:
        filas = queries.bandeja(session, todas=todas)
    registrar_lectura(
        env().db, actor(), "casos.derecho.listar", "solicitud", None, cantidad=len(filas)
    )
    return {"solicitudes": [_resumen(fila) for fila in filas]}


@bp.get("/derechos/<uuid:solicitud_id>")
@bp.response(200, SolicitudSchema)
@requires("casos.derecho.ver")
@versioned
def ver(solicitud_id: UUID) -> Answer:
    """Una solicitud con su historia"""
    answer = _answer(solicitud_id)
    registrar_lectura(env().db, actor(), "casos.derecho.ver", "solicitud", solicitud_id)
    return answer


@bp.get("/derechos/<uuid:solicitud_id>/seguimiento")
@bp.response(200, SeguimientoDeSolicitudSchema)
@requires("casos.derecho.seguir")
def seguimiento(solicitud_id: UUID) -> SeguimientoDeSolicitud:
    """Cómo va una solicitud y hasta cuándo se responde; solo para servicios"""
    with env().db.read() as session:
        hallada = queries.seguimiento(session, solicitud_id)
    registrar_lectura(env().db, actor(), "casos.derecho.ver", "solicitud", solicitud_id)
    return hallada


@bp.post("/derechos/<uuid:solicitud_id>/tramitar")
@bp.response(200, SolicitudSchema)
@requires("casos.derecho.tramitar")
@versioned
def tramitar(solicitud_id: UUID) -> Answer:
    """Tomar una solicitud"""
    with env().db.begin() as session:
        _check(session, solicitud_id)
        actions.tramitar(session, solicitud_id, actor(), clock.now())
    return _answer(solicitud_id)


@bp.post("/derechos/<uuid:solicitud_id>/prorrogar")
@bp.arguments(ProrrogaSchema)
@bp.response(200, SolicitudSchema)
@requires("casos.derecho.tramitar")
@versioned
def prorrogar(datos: Prorroga, solicitud_id: UUID) -> Answer:
    """Prorrogar el plazo, una vez"""
    with env().db.begin() as session:
        _check(session, solicitud_id)
        actions.prorrogar(session, solicitud_id, datos, actor(), clock.now())
    return _answer(solicitud_id)


@bp.post("/derechos/<uuid:solicitud_id>/responder")
@bp.arguments(RespuestaASolicitudSchema)
@bp.response(200, SolicitudSchema)
@requires("casos.derecho.tramitar")
@versioned
def responder(datos: Respuesta, solicitud_id: UUID) -> Answer:
    """Responder que se hizo"""
    with env().db.begin() as session:
        _check(session, solicitud_id)
        actions.responder(session, solicitud_id, datos, actor(), clock.now())
    return _answer(solicitud_id)


@bp.post("/derechos/<uuid:solicitud_id>/rechazar")
@bp.arguments(RechazoSchema)
@bp.response(200, SolicitudSchema)
@requires("casos.derecho.tramitar")
@versioned
def rechazar(datos: Respuesta, solicitud_id: UUID) -> Answer:
    """Rechazar por un motivo de la ley"""
    with env().db.begin() as session:
        _check(session, solicitud_id)
        actions.rechazar(session, solicitud_id, datos, actor(), clock.now())
    return _answer(solicitud_id)


def _check(session: Session, solicitud_id: UUID) -> None:
    """Raise VersionVencida unless the request's If-Match is the present version."""
    check_version(queries.solicitud_por_id(session, solicitud_id, bloquear=True), None)


def _answer(solicitud_id: UUID) -> Answer:
    with env().db.read() as session:
        fila = queries.con_historia(session, solicitud_id)
    solicitud = fila.solicitud
    cuerpo = {campo: getattr(solicitud, campo) for campo in _CAMPOS} | _resumen(fila)
    cuerpo["vence_en_original"] = fila.plazo.vence_en_original
    return cuerpo, 200, etag_of(solicitud)


def _resumen(fila: FilaSolicitud) -> dict[str, Any]:
    campos = {campo: getattr(fila.solicitud, campo) for campo in _DEL_RESUMEN}
    return campos | {"vence_en": fila.plazo.vence_en}


_DEL_RESUMEN = tuple(set(SolicitudResumenSchema().fields) - {"vence_en"})
_CAMPOS = tuple(set(SolicitudSchema().fields) - {"vence_en", "vence_en_original"})
