"""Entrance: erasures, as JSON. None of it names anybody."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from casos.supresion import actions, queries
from casos.supresion.certificado import certificado_de
from casos.supresion.models import Supresion
from casos.supresion.previa import prever
from casos.supresion.reglas import en, reglas
from casos.supresion.schemas import (
    CertificadoDeSupresionSchema,
    NegativaSchema,
    SeguimientoDeSupresionSchema,
    SupresionesSchema,
    SupresionSchema,
    VistaPreviaDeSupresionSchema,
)
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import check_version, etag_of, versioned
from oficina.web.i18n import language

bp = Blueprint("supresiones", __name__, url_prefix="/casos/api/v1", description="Supresiones")

Answer = tuple[Supresion, int, dict[str, str]]


@bp.get("/derechos/<uuid:solicitud_id>/supresion")
@bp.response(200, VistaPreviaDeSupresionSchema)
@requires("casos.supresion.proponer")
def vista_previa(solicitud_id: UUID) -> dict[str, Any]:
    """Qué se suprimiría en cada servicio, qué queda y por qué, qué lo impide y a quién se avisa"""
    previa = prever(env(), solicitud_id)
    registrar_lectura(env().db, actor(), "casos.supresion.prever", "solicitud", solicitud_id)
    idioma = language()
    return {
        "servicios": previa.servicios,
        "quedan": [
            {"clave": clave, "que": en(uno.que, idioma), "razon": en(uno.razon, idioma)}
            for clave, uno in reglas().quedan.items()
        ],
        "impedimentos": previa.vista.impedimentos,
        "destinatarios": previa.vista.destinatarios,
    }


@bp.post("/derechos/<uuid:solicitud_id>/supresion")
@bp.response(201, SupresionSchema)
@requires("casos.supresion.proponer")
def proponer(solicitud_id: UUID) -> Answer:
    """Aceptar una solicitud de supresión; la confirma otra persona"""
    with env().db.begin() as session:
        hecha = actions.proponer(session, solicitud_id, actor(), clock.now())
    return _answer(hecha.id, 201)


@bp.get("/supresiones")
@bp.response(200, SupresionesSchema)
@requires("casos.supresion.ver")
def supresiones() -> dict[str, Any]:
    """Las supresiones: primero las que esperan que alguien las confirme"""
    with env().db.read() as session:
        halladas = queries.todas(session)
    registrar_lectura(
        env().db, actor(), "casos.supresion.listar", "supresion", None, cantidad=len(halladas)
    )
    return {"supresiones": halladas}


@bp.get("/supresiones/<uuid:supresion_id>")
@bp.response(200, SupresionSchema)
@requires("casos.supresion.ver")
@versioned
def ver(supresion_id: UUID) -> Answer:
    """Una supresión, con lo que confirmó cada servicio"""
    answer = _answer(supresion_id)
    registrar_lectura(env().db, actor(), "casos.supresion.ver", "supresion", supresion_id)
    return answer


@bp.post("/supresiones/<uuid:supresion_id>/confirmacion")
@bp.response(200, SupresionSchema)
@requires("casos.supresion.decidir")
@versioned
def confirmar(supresion_id: UUID) -> Answer:
    """Confirmar: los datos se suprimen en todos los servicios y no se pueden recuperar"""
    with env().db.begin() as session:
        _check(session, supresion_id)
        actions.confirmar(session, supresion_id, actor(), clock.now())
    return _answer(supresion_id)


@bp.post("/supresiones/<uuid:supresion_id>/negativa")
@bp.arguments(NegativaSchema)
@bp.response(200, SupresionSchema)
@requires("casos.supresion.decidir")
@versioned
def negar(pedido: dict[str, str], supresion_id: UUID) -> Answer:
    """No confirmar, y decir por qué"""
    with env().db.begin() as session:
        _check(session, supresion_id)
        actions.negar(session, supresion_id, pedido["motivo"], actor(), clock.now())
    return _answer(supresion_id)


@bp.get("/supresiones/<uuid:supresion_id>/certificado")
@bp.response(200, CertificadoDeSupresionSchema)
@requires("casos.supresion.certificar")
def certificado(supresion_id: UUID) -> dict[str, Any]:
    """El certificado de lo que se suprimió en cada servicio"""
    with env().db.read() as session:
        dicho = certificado_de(session, supresion_id)
    registrar_lectura(env().db, actor(), "casos.supresion.ver", "supresion", supresion_id)
    return dicho


@bp.get("/supresiones/<uuid:supresion_id>/seguimiento")
@bp.response(200, SeguimientoDeSupresionSchema)
@requires("casos.supresion.seguir")
def seguimiento(supresion_id: UUID) -> dict[str, Any]:
    """Cómo va una supresión y qué servicios no la han confirmado; solo para servicios"""
    with env().db.read() as session:
        una = queries.supresion_por_id(session, supresion_id)
    registrar_lectura(env().db, actor(), "casos.supresion.ver", "supresion", supresion_id)
    return {
        "folio": una.solicitud.folio,
        "estado": una.estado,
        "faltan": [purga.servicio for purga in una.purgas if purga.confirmada_en is None],
    }


def _check(session: Session, supresion_id: UUID) -> None:
    check_version(queries.supresion_por_id(session, supresion_id), None)


def _answer(supresion_id: UUID, status: int = 200) -> Answer:
    with env().db.read() as session:
        una = queries.supresion_por_id(session, supresion_id)
    return una, status, etag_of(una)
