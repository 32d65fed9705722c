"""Entrance: safe contact, as JSON."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from casos.alcance import Alcance
from casos.contactos import actions, queries
from casos.contactos.schemas import (
    ContactoDePersonaSchema,
    NuevoContactoSeguro,
    PedidoContactoSeguroSchema,
)
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import set_version, versioned

bp = Blueprint("contactos", __name__, url_prefix="/casos/api/v1", description="Contacto seguro")


@bp.get("/personas/<uuid:persona_id>/contacto-seguro")
@bp.response(200, ContactoDePersonaSchema)
@requires("casos.persona.ver")
@versioned
def ver(persona_id: UUID) -> Response:
    """Por dónde, a qué horas y con qué palabra se puede contactar a una persona"""
    return _leido(persona_id)


@bp.put("/personas/<uuid:persona_id>/contacto-seguro")
@bp.arguments(PedidoContactoSeguroSchema)
@bp.response(200, ContactoDePersonaSchema)
@requires("casos.persona.registrar")
@versioned
def acordar(datos: NuevoContactoSeguro, persona_id: UUID) -> Response:
    """Acordar de nuevo cómo se la contacta; lo anterior queda en la historia"""
    with env().db.begin() as session:
        actions.acordar(session, persona_id, datos, version=None, actor=actor(), ahora=clock.now())
    return _leido(persona_id)


def _leido(persona_id: UUID) -> Response:
    with env().db.read() as session:
        vista = queries.contacto_de(session, persona_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.persona.ver_contacto", "persona", persona_id)
    pauta: Any = {campo: getattr(vista.pauta, campo) for campo in _DE_LA_PAUTA}
    cuerpo = ContactoDePersonaSchema().dump(pauta | {"entradas": vista.entradas})
    return set_version(jsonify(cuerpo), vista)


_DE_LA_PAUTA = (
    *("permitido", "fallecida", "no_contactar", "vedados", "desde", "hasta", "palabras"),
    "indicaciones",
)
