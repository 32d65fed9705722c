"""Entrance: households, as JSON."""

from uuid import UUID

from flask import Response, jsonify

from casos.alcance import Alcance
from casos.hogares import actions, queries
from casos.hogares.actions import Lugar, NuevoIntegrante, Salida
from casos.hogares.catalogo import catalogo
from casos.hogares.schemas import (
    HogarDePersonaSchema,
    LugarEnHogarSchema,
    NuevoIntegranteSchema,
    SalidaDeHogarSchema,
)
from casos.presentacion import idioma_del_lector
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import set_version, versioned

bp = Blueprint("hogares", __name__, url_prefix="/casos/api/v1", description="Hogares")


@bp.get("/personas/<uuid:persona_id>/hogar")
@bp.response(200, HogarDePersonaSchema)
@requires("casos.persona.ver")
@versioned
def ver(persona_id: UUID) -> Response:
    """Con quiénes vive y come una persona; de quien no puede ver, solo que hay alguien más"""
    return _leido(persona_id)


@bp.post("/personas/<uuid:persona_id>/hogar")
@bp.arguments(LugarEnHogarSchema(exclude=("version",)))
@bp.response(201, HogarDePersonaSchema)
@requires("casos.persona.registrar")
def formar(lugar: Lugar, persona_id: UUID) -> Response:
    """Formar el hogar de una persona que no integra ninguno"""
    with env().db.begin() as session:
        actions.formar(session, persona_id, lugar, actor(), clock.now())
    response = _leido(persona_id)
    response.status_code = 201
    return response


@bp.post("/personas/<uuid:persona_id>/hogar/integrantes")
@bp.arguments(NuevoIntegranteSchema(exclude=("version",)))
@bp.response(200, HogarDePersonaSchema)
@requires("casos.persona.registrar")
@versioned
def agregar(nuevo: NuevoIntegrante, persona_id: UUID) -> Response:
    """Agregar a alguien al hogar de una persona; si integra otro, solo si se dice que se muda"""
    with env().db.begin() as session:
        actions.agregar(session, persona_id, nuevo, actor(), clock.now())
    return _leido(persona_id)


@bp.post("/integrantes/<uuid:integrante_id>/lugar")
@bp.arguments(LugarEnHogarSchema(exclude=("version",)))
@bp.response(200, HogarDePersonaSchema)
@requires("casos.persona.registrar")
@versioned
def cambiar(lugar: Lugar, integrante_id: UUID) -> Response:
    """Cambiar el lugar de alguien en su hogar; el anterior queda en la historia"""
    with env().db.begin() as session:
        hecha = actions.cambiar(session, integrante_id, lugar, actor(), clock.now())
    return _leido(hecha.persona_id)


@bp.post("/integrantes/<uuid:integrante_id>/salida")
@bp.arguments(SalidaDeHogarSchema(exclude=("version",)))
@bp.response(200, HogarDePersonaSchema)
@requires("casos.persona.registrar")
@versioned
def retirar(salida: Salida, integrante_id: UUID) -> Response:
    """Anotar que alguien ya no integra su hogar"""
    with env().db.begin() as session:
        hecha = actions.retirar(session, integrante_id, salida, actor(), clock.now())
    return _leido(hecha.persona_id)


def _leido(persona_id: UUID) -> Response:
    with env().db.read() as session:
        vista = queries.hogar_de(session, persona_id, Alcance.de(actor()))
    registrar_lectura(
        env().db, actor(), "casos.hogar.ver", "persona", persona_id, cantidad=vista.total or None
    )
    edades = vista.por_edad(clock.today()).items()
    hogar = vista.hogar and {
        "id": vista.hogar.id,
        "integrantes": vista.integrantes,
        "otros": vista.otros,
        "total": vista.total,
        "por_edad": [{"rango": rango, "cuantos": cuantos} for rango, cuantos in edades],
        "antes": vista.antes,
    }
    definicion = {
        "version": catalogo().version,
        "texto": catalogo().dice(idioma_del_lector()),
        "fuente": catalogo().fuente,
    }
    cuerpo = {"definicion": definicion, "hogar": hogar, "suyas": vista.suyas}
    return set_version(jsonify(HogarDePersonaSchema().dump(cuerpo)), vista)
