"""Entrance: the register of communications, as JSON."""

from datetime import date
from uuid import UUID

from casos.alcance import Alcance
from casos.comunicaciones import queries
from casos.comunicaciones.queries import Registro
from casos.comunicaciones.schemas import PeriodoSchema, RegistroSchema
from casos.comunicaciones.vistas import periodo
from casos.personas.queries import persona_por_id
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint("comunicaciones", __name__, url_prefix="/casos/api/v1", description="Comunicaciones")


@bp.get("/comunicaciones")
@bp.arguments(PeriodoSchema, location="query", as_kwargs=True)
@bp.response(200, RegistroSchema)
@requires("casos.comunicacion.ver")
def comunicaciones(desde: date | None, hasta: date | None) -> Registro:
    """Quién recibió qué datos, cuándo, para qué y con qué base, en un período"""
    _primero, _ultimo, inicio, fin = periodo(desde, hasta, clock.today())
    with env().db.read() as session:
        registro = queries.comunicaciones(session, desde=inicio, antes_de=fin)
    registrar_lectura(
        env().db,
        actor(),
        "casos.comunicacion.listar",
        "comunicacion",
        None,
        cantidad=len(registro.filas),
    )
    return registro


@bp.get("/personas/<uuid:persona_id>/comunicaciones")
@bp.response(200, RegistroSchema)
@requires("casos.comunicacion.ver")
def de_persona(persona_id: UUID) -> Registro:
    """Quién recibió datos de una persona"""
    with env().db.read() as session:
        persona_por_id(session, persona_id, Alcance.de(actor()))
        registro = queries.comunicaciones(session, persona_id=persona_id)
    registrar_lectura(env().db, actor(), "casos.comunicacion.ver", "persona", persona_id)
    return registro
