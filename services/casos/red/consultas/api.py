"""Entrance: questions to institutions and what they correct, as JSON."""

from typing import Any
from uuid import UUID

from casos.red.consultas import actions, decisiones, queries
from casos.red.consultas.models import ConsultaRed, PreguntaRed
from casos.red.consultas.schemas import (
    ConsultaRedSchema,
    ConsultasRedSchema,
    CorreccionesRedSchema,
    CorreccionRedSchema,
    EnlaceDeConsultaSchema,
    NoCorregirSchema,
    SeguimientoDeConsultaSchema,
)
from casos.red.consultas.states import EstadoPregunta, MotivoDeNoCorregir
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned
from oficina.web.idempotency import withheld

bp = Blueprint("red_consultas", __name__, url_prefix="/casos/api/v1/red", description="Red")

Consulta = tuple[ConsultaRed, int, dict[str, str]]
Correccion = tuple[PreguntaRed, int, dict[str, str]]


@bp.get("/consultas")
@bp.response(200, ConsultasRedSchema)
@requires("casos.red.editar")
def listar() -> dict[str, Any]:
    """Lo que se ha preguntado a las instituciones por correo, lo último antes"""
    with env().db.read() as session:
        return {"consultas": queries.consultas(session)}


@bp.post("/instituciones/<uuid:institucion_id>/consultas")
@bp.response(201, ConsultaRedSchema)
@requires("casos.red.editar")
def preguntar(institucion_id: UUID) -> Consulta:
    """Preguntar a una institución, en un correo, por sus servicios que no están al día"""
    with env().db.begin() as session:
        nueva = actions.preguntar(session, institucion_id, actor(), clock.now())
    una, _status, headers = _consulta(nueva.id)
    return una, 201, headers | {"Location": f"/casos/api/v1/red/consultas/{nueva.id}"}


@bp.get("/consultas/<uuid:consulta_id>")
@bp.response(200, ConsultaRedSchema)
@requires("casos.red.editar")
@versioned
def ver(consulta_id: UUID) -> Consulta:
    """Lo que se preguntó a una institución"""
    return _consulta(consulta_id)


@bp.post("/consultas/<uuid:consulta_id>/retiro")
@bp.response(200, ConsultaRedSchema)
@requires("casos.red.editar")
@versioned
def retirar(consulta_id: UUID) -> Consulta:
    """Dejar de preguntar: el enlace ya no abre"""
    with env().db.begin() as session:
        actions.retirar(session, consulta_id, None, actor(), clock.now())
    return _consulta(consulta_id)


@bp.post("/consultas/<uuid:consulta_id>/enlace")
@bp.response(201, EnlaceDeConsultaSchema)
@requires("casos.red.consultar")
@withheld("url")
def crear_enlace(consulta_id: UUID) -> dict[str, Any]:
    """Un enlace nuevo para la institución; es la única vez que se conoce su dirección"""
    with env().db.begin() as session:
        hecho = actions.crear_enlace(session, consulta_id, env().settings.base_url, actor())
    por_contestar = EstadoPregunta.POR_CONTESTAR
    return {
        "correo": hecho.correo,
        "institucion": hecho.consulta.institucion.nombre,
        "servicios": [
            una.servicio.nombre for una in hecho.consulta.preguntas if una.estado is por_contestar
        ],
        "url": hecho.url,
        "vence_en": hecho.vence_en,
    }


@bp.get("/consultas/<uuid:consulta_id>/seguimiento")
@bp.response(200, SeguimientoDeConsultaSchema)
@requires("casos.red.consultar")
def seguimiento(consulta_id: UUID) -> dict[str, Any]:
    """Lo que queda por hacer de lo que se preguntó"""
    with env().db.read() as session:
        una = queries.consulta_por_id(session, consulta_id)
    estados = [pregunta.estado for pregunta in una.preguntas]
    return {
        "institucion": una.institucion.nombre,
        "estado": una.estado,
        "por_revisar": estados.count(EstadoPregunta.POR_REVISAR),
        "por_contestar": queries.siguen_sin_saberse(una),
    }


@bp.get("/correcciones")
@bp.response(200, CorreccionesRedSchema)
@requires("casos.red.editar")
def correcciones() -> dict[str, Any]:
    """Lo que las instituciones corrigieron y espera revisión"""
    with env().db.read() as session:
        return {"correcciones": queries.correcciones(session)}


@bp.get("/correcciones/<uuid:correccion_id>")
@bp.response(200, CorreccionRedSchema)
@requires("casos.red.editar")
@versioned
def correccion(correccion_id: UUID) -> Correccion:
    """Lo que una institución corrigió de un servicio"""
    return _correccion(correccion_id)


@bp.post("/correcciones/<uuid:correccion_id>/aceptacion")
@bp.response(200, CorreccionRedSchema)
@requires("casos.red.editar")
@versioned
def aceptar(correccion_id: UUID) -> Correccion:
    """Dejar el directorio como dice la institución"""
    with env().db.begin() as session:
        decisiones.aceptar(session, correccion_id, None, actor())
    return _correccion(correccion_id)


@bp.post("/correcciones/<uuid:correccion_id>/descarte")
@bp.arguments(NoCorregirSchema(exclude=("version",)), as_kwargs=True)
@bp.response(200, CorreccionRedSchema)
@requires("casos.red.editar")
@versioned
def descartar(correccion_id: UUID, *, motivo: MotivoDeNoCorregir) -> Correccion:
    """Dejar el directorio como está, y por qué"""
    with env().db.begin() as session:
        decisiones.descartar(session, correccion_id, motivo, None, actor())
    return _correccion(correccion_id)


def _consulta(consulta_id: UUID) -> Consulta:
    with env().db.read() as session:
        una = queries.consulta_por_id(session, consulta_id)
    return una, 200, etag_of(una)


def _correccion(correccion_id: UUID) -> Correccion:
    with env().db.read() as session:
        una = queries.pregunta_por_id(session, correccion_id)
    return una, 200, etag_of(una)
