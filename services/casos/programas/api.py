"""Entrance: programmes, as JSON."""

from typing import Any
from uuid import UUID

from casos.equipo import equipo
from casos.programas import actions, queries
from casos.programas.actions import Asignacion, DatosPrograma, NuevosRequisitos
from casos.programas.schemas import (
    AsignacionSchema,
    DatosProgramaSchema,
    FiltroProgramasSchema,
    MovimientosSchema,
    NuevosRequisitosSchema,
    ProgramaSchema,
    ProgramasSchema,
)
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint("programas", __name__, url_prefix="/casos/api/v1", description="Programas")

Answer = tuple[dict[str, Any], int, dict[str, str]]


@bp.get("/programas")
@bp.arguments(FiltroProgramasSchema, location="query", as_kwargs=True)
@bp.response(200, ProgramasSchema)
@requires("casos.programa.ver")
def listar(*, todos: bool) -> dict[str, Any]:
    """Programas de ayuda social, primero los abiertos; con `todos`, también los cerrados"""
    with env().db.read() as session:
        return {"programas": queries.programas(session, todos=todos)}


@bp.post("/programas")
@bp.arguments(DatosProgramaSchema(exclude=("version",)))
@bp.response(201, ProgramaSchema)
@requires("casos.programa.editar")
def crear(datos: DatosPrograma) -> Answer:
    """Preparar un programa"""
    responsable = equipo().encargado(datos.responsable_id)
    with env().db.begin() as session:
        hecho = actions.crear(session, datos, responsable, actor(), clock.now())
    cuerpo, _status, headers = _answer(hecho.id)
    return cuerpo, 201, headers | {"Location": f"/casos/api/v1/programas/{hecho.id}"}


@bp.get("/programas/<uuid:programa_id>")
@bp.response(200, ProgramaSchema)
@requires("casos.programa.ver")
@versioned
def ver(programa_id: UUID) -> Answer:
    """Un programa, con su presupuesto y lo que exige ahora"""
    return _answer(programa_id)


@bp.patch("/programas/<uuid:programa_id>")
@bp.arguments(DatosProgramaSchema(exclude=("version",)))
@bp.response(200, ProgramaSchema)
@requires("casos.programa.editar")
@versioned
def editar(datos: DatosPrograma, programa_id: UUID) -> Answer:
    """Corregir un programa en preparación"""
    responsable = equipo().encargado(datos.responsable_id)
    with env().db.begin() as session:
        actions.editar(session, programa_id, datos, responsable, actor())
    return _answer(programa_id)


@bp.post("/programas/<uuid:programa_id>/requisitos")
@bp.arguments(NuevosRequisitosSchema(exclude=("version",)))
@bp.response(200, ProgramaSchema)
@requires("casos.programa.editar")
@versioned
def exigir(datos: NuevosRequisitos, programa_id: UUID) -> Answer:
    """Escribir otra versión de los requisitos, para quien postule desde ahora"""
    with env().db.begin() as session:
        actions.exigir(session, programa_id, datos, actor(), clock.now())
    return _answer(programa_id)


@bp.post("/programas/<uuid:programa_id>/presupuesto")
@bp.arguments(AsignacionSchema(exclude=("version",)))
@bp.response(200, ProgramaSchema)
@requires("casos.programa.presupuesto")
@versioned
def asignar(datos: Asignacion, programa_id: UUID) -> Answer:
    """Anotar presupuesto; un monto negativo devuelve lo que no está comprometido"""
    with env().db.begin() as session:
        actions.asignar(session, programa_id, datos, actor(), clock.now())
    return _answer(programa_id)


@bp.post("/programas/<uuid:programa_id>/abrir")
@bp.response(200, ProgramaSchema)
@requires("casos.programa.editar")
@versioned
def abrir(programa_id: UUID) -> Answer:
    """Abrir un programa a postulaciones"""
    with env().db.begin() as session:
        actions.abrir(session, programa_id, None, actor())
    return _answer(programa_id)


@bp.post("/programas/<uuid:programa_id>/cerrar")
@bp.response(200, ProgramaSchema)
@requires("casos.programa.editar")
@versioned
def cerrar(programa_id: UUID) -> Answer:
    """Cerrar un programa: no recibe más postulaciones"""
    with env().db.begin() as session:
        actions.cerrar(session, programa_id, None, actor())
    return _answer(programa_id)


@bp.get("/programas/<uuid:programa_id>/movimientos")
@bp.response(200, MovimientosSchema)
@requires("casos.programa.editar")
def movimientos(programa_id: UUID) -> dict[str, Any]:
    """Los últimos movimientos del presupuesto, el más nuevo arriba"""
    with env().db.read() as session:
        queries.programa_por_id(session, programa_id)
        return {"movimientos": queries.movimientos(session, programa_id)}


def _answer(programa_id: UUID) -> Answer:
    with env().db.read() as session:
        programa = queries.programa_por_id(session, programa_id)
        requisitos = queries.requisitos_de(session, programa_id)
    cuerpo = {campo: getattr(programa, campo) for campo in _CAMPOS} | {"requisitos": requisitos}
    return cuerpo, 200, etag_of(programa)


_CAMPOS = tuple(set(ProgramaSchema().fields) - {"requisitos"})
