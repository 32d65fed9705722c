"""Entrance: JSON of the agenda."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from agenda import actions, directorio, queries, supresion
from agenda.actions import Cancelacion, NuevaCita, Tiempo
from agenda.horario import Lugar, horario
from agenda.models import Cita
from agenda.queries import Filtro
from agenda.schemas import (
    CancelacionSchema,
    CitaSchema,
    ConsultaSchema,
    DatosDePersonaSchema,
    LugarSchema,
    NuevaCitaSchema,
    ReprogramacionSchema,
)
from oficina import clock
from oficina.accesos import TocadoSchema, UsoDeCuenta, UsoDeCuentaSchema, accesos
from oficina.apartadas import VistaPreviaSchema
from oficina.audit import registrar_lectura
from oficina.errors import NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import check_version, etag_of, versioned
from oficina.web.repeats import unrehearsed

bp = Blueprint(
    "citas",
    __name__,
    url_prefix="/agenda/api/v1/citas",
    description="Citas de la oficina",
)

Answer = tuple[Cita, int, dict[str, str]]


lugares_bp = Blueprint(
    "lugares", __name__, url_prefix="/agenda/api/v1/lugares", description="Lugares de las citas"
)

personas_bp = Blueprint(
    "personas", __name__, url_prefix="/agenda/api/v1/personas", description="Datos de personas"
)


@personas_bp.get("/<uuid:persona_id>/datos")
@personas_bp.response(200, DatosDePersonaSchema)
@requires("agenda.persona.copiar")
def datos_de_persona(persona_id: UUID) -> dict[str, Any]:
    """Todo lo que la agenda tiene de una persona, para su copia; solo para servicios"""
    with env().db.read() as session:
        halladas = queries.de_persona(session, persona_id)
        if not halladas:
            raise NoEncontrado
        de_ellas = accesos(session, [persona_id, *(una.id for una in halladas)])
    registrar_lectura(env().db, actor(), "agenda.persona.copiar", "persona", persona_id)
    return {"citas": halladas, "accesos": de_ellas}


@personas_bp.get("/<uuid:persona_id>/supresion")
@personas_bp.response(200, VistaPreviaSchema)
@requires("agenda.persona.suprimir")
def supresion_de_persona(persona_id: UUID) -> dict[str, Any]:
    """Cuánto se suprimiría de una persona; solo para servicios"""
    with env().db.read() as session:
        contado = supresion.contar(session, persona_id)
    if not any(contado.values()):
        raise NoEncontrado
    registrar_lectura(env().db, actor(), "agenda.persona.prever_supresion", "persona", persona_id)
    return {"borrado": contado}


@lugares_bp.get("")
@lugares_bp.response(200, LugarSchema(many=True))
@requires("agenda.cita.ver")
def lugares() -> Sequence[Lugar]:
    """Lugares en que la oficina da citas"""
    return list(horario().lugares.values())


@personas_bp.get("/alcanzadas")
@personas_bp.arguments(UsoDeCuentaSchema, location="query")
@personas_bp.response(200, TocadoSchema)
@requires("agenda.persona.alcanzar")
def alcanzadas(uso: UsoDeCuenta) -> dict[str, Any]:
    """De quiénes son las citas que una cuenta leyó o cambió; solo para servicios"""
    with env().db.read() as session:
        ids, listas = queries.alcanzadas(session, uso), uso.listas(session)
    registrar_lectura(
        env().db, actor(), "agenda.persona.alcanzar", "persona", None, cantidad=len(ids)
    )
    return {"ids": ids, "listas": listas}


@bp.get("")
@bp.arguments(ConsultaSchema, location="query")
@bp.response(200, CitaSchema(many=True))
@requires("agenda.cita.ver")
def citas(filtro: Filtro) -> Sequence[Cita]:
    """Citas por día, persona, caso, profesional u organización, en orden de hora (a lo más 500)"""
    with env().db.read() as session:
        todas = queries.citas(session, filtro)
    visibles = directorio.a_la_vista(env(), todas, actor())
    halladas = [cita for cita in todas if cita.id in visibles]
    registrar_lectura(env().db, actor(), "agenda.cita.listar", "cita", None, cantidad=len(halladas))
    return halladas


@bp.post("")
@bp.arguments(NuevaCitaSchema)
@bp.response(201, CitaSchema)
@requires("agenda.cita.agendar")
@unrehearsed
def agendar(nueva: NuevaCita) -> Answer:
    """Agendar una cita"""
    nombre = directorio.personal().nombre(nueva.profesional_id)
    directorio.de_quien(env(), nueva.persona_id, nueva.caso_id)
    de_organizacion = directorio.organizacion(env(), nueva.organizacion_id)
    with env().db.begin() as session:
        hecha = actions.agendar(
            session, nueva, nombre, actor(), clock.now(), organizacion_nombre=de_organizacion
        )
    return hecha, 201, etag_of(hecha)


@bp.get("/<uuid:cita_id>")
@bp.response(200, CitaSchema)
@requires("agenda.cita.ver")
@versioned
def cita(cita_id: UUID) -> Answer:
    """Una cita"""
    with env().db.read() as session:
        hallada = queries.cita_por_id(session, cita_id)
    directorio.exigir_a_la_vista(env(), hallada, actor())
    registrar_lectura(env().db, actor(), "agenda.cita.ver", "cita", cita_id)
    return hallada, 200, etag_of(hallada)


@bp.post("/<uuid:cita_id>/reprogramar")
@bp.arguments(ReprogramacionSchema(exclude=("version",)))
@bp.response(200, CitaSchema)
@requires("agenda.cita.agendar")
@versioned
def reprogramar(pedido: tuple[None, Tiempo], cita_id: UUID) -> Answer:
    """Dar otra hora o lugar a una cita"""
    _version, tiempo = pedido
    return _changed(
        cita_id,
        lambda session, una: actions.reprogramar(session, una, tiempo, actor(), clock.now()),
    )


@bp.post("/<uuid:cita_id>/cancelar")
@bp.arguments(CancelacionSchema(exclude=("version",)))
@bp.response(200, CitaSchema)
@requires("agenda.cita.agendar")
@versioned
def cancelar(pedido: tuple[None, Cancelacion], cita_id: UUID) -> Answer:
    """Cancelar una cita"""
    _version, cancelacion = pedido
    return _changed(
        cita_id,
        lambda session, una: actions.cancelar(session, una, cancelacion, actor(), clock.now()),
    )


@bp.post("/<uuid:cita_id>/realizar")
@bp.response(200, CitaSchema)
@requires("agenda.cita.registrar")
@versioned
def realizar(cita_id: UUID) -> Answer:
    """Registrar que la persona vino"""
    return _changed(
        cita_id,
        lambda session, una: actions.realizar(session, una, actor(), clock.now()),
    )


@bp.post("/<uuid:cita_id>/inasistencia")
@bp.response(200, CitaSchema)
@requires("agenda.cita.registrar")
@versioned
def inasistencia(cita_id: UUID) -> Answer:
    """Registrar que la persona no vino"""
    return _changed(
        cita_id,
        lambda session, una: actions.registrar_inasistencia(session, una, actor(), clock.now()),
    )


def _changed(cita_id: UUID, change: Callable[[Session, Cita], None]) -> Answer:
    with env().db.read() as session:
        antes = queries.cita_por_id(session, cita_id)
    directorio.exigir_a_la_vista(env(), antes, actor())
    with env().db.begin() as session:
        una = queries.cita_por_id(session, cita_id)
        check_version(una, None)
        change(session, una)
    return una, 200, etag_of(una)
