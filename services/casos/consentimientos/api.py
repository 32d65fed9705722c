"""Entrance: consents, as JSON."""

from typing import Any
from uuid import UUID

from casos.alcance import Alcance
from casos.consentimientos import actions, queries, retiro
from casos.consentimientos.actions import Fundamento
from casos.consentimientos.models import Consentimiento
from casos.consentimientos.retiro import PedidoRetiro
from casos.consentimientos.schemas import (
    ConsentimientoSchema,
    ConsentimientosSchema,
    NuevoConsentimientoSchema,
    RetiroSchema,
)
from casos.consentimientos.vistas import se_ve
from casos.personas.queries import persona_por_id
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint(
    "consentimientos", __name__, url_prefix="/casos/api/v1", description="Consentimientos"
)


@bp.get("/personas/<uuid:persona_id>/consentimientos")
@bp.response(200, ConsentimientosSchema)
@requires("casos.consentimiento.ver")
def de_persona(persona_id: UUID) -> dict[str, Any]:
    """Lo que una persona consintió, lo más nuevo primero, hasta donde su rol permite verlo"""
    with env().db.read() as session:
        persona_por_id(session, persona_id, Alcance.de(actor()))
        hallados = [
            uno
            for uno in queries.de_persona(session, persona_id, Alcance.de(actor()))
            if se_ve(uno)
        ]
    registrar_lectura(env().db, actor(), "casos.consentimiento.ver", "persona", persona_id)
    return {"consentimientos": [_vista(uno) for uno in hallados]}


@bp.post("/personas/<uuid:persona_id>/consentimientos")
@bp.arguments(NuevoConsentimientoSchema)
@bp.response(201, ConsentimientoSchema)
@requires("casos.consentimiento.registrar")
def consentir(datos: Fundamento, persona_id: UUID) -> dict[str, Any]:
    """Registrar que la persona quiere que se le recuerden sus citas"""
    with env().db.begin() as session:
        hecho = actions.consentir_recordatorios(session, persona_id, datos, actor(), clock.now())
    return _leido(hecho.id)


@bp.post("/consentimientos/<uuid:consentimiento_id>/retiro")
@bp.arguments(RetiroSchema)
@bp.response(200, ConsentimientoSchema)
@requires("casos.consentimiento.retirar")
def retirar(datos: PedidoRetiro, consentimiento_id: UUID) -> dict[str, Any]:
    """Retirar un consentimiento; lo que descansa en él se detiene de inmediato"""
    with env().db.begin() as session:
        if not se_ve(
            queries.consentimiento_por_id(session, consentimiento_id, Alcance.de(actor()))
        ):
            raise NoEncontrado
        retiro.retirar(session, consentimiento_id, datos, actor(), clock.now())
    return _leido(consentimiento_id)


def _leido(consentimiento_id: UUID) -> dict[str, Any]:
    with env().db.read() as session:
        return _vista(
            queries.consentimiento_por_id(session, consentimiento_id, Alcance.de(actor()))
        )


def _vista(uno: Consentimiento) -> dict[str, Any]:
    return {campo: getattr(uno, campo) for campo in _CAMPOS} | {
        "destinatario": uno.destinatario.sigla if uno.destinatario else None,
        "vale": uno.vale(clock.now()),
    }


_CAMPOS = tuple(set(ConsentimientoSchema().fields) - {"destinatario", "vale"})
