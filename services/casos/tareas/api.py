"""Entrance: tasks, as JSON."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from sqlalchemy.orm import Session

from casos.accesos.lectura import registrar_lectura_de_caso
from casos.alcance import Alcance
from casos.listas.tareas import TAREAS, FiltroTareas, FiltroTareasSchema
from casos.listas.vistas import POR_PEDIDO, leer
from casos.tareas import actions, queries
from casos.tareas.models import Tarea
from casos.tareas.schemas import (
    CambioDeTarea,
    CambioDeTareaSchema,
    FinDeTarea,
    FinDeTareaSchema,
    NuevaTarea,
    NuevaTareaSchema,
    TareaSchema,
    TareasSchema,
)
from casos.tareas.vistas import como_datos, quien_la_hace
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import set_version, versioned

bp = Blueprint("tareas_api", __name__, url_prefix="/casos/api/v1", description="Tareas")


@bp.get("/tareas")
@bp.arguments(FiltroTareasSchema, location="query")
@bp.response(200, TareasSchema)
@requires("casos.tarea.ver")
def listar(filtro: FiltroTareas) -> dict[str, Any]:
    """Tareas: si no se piden otras, las que esperan a quien pregunta, las atrasadas primero"""
    pagina = leer(TAREAS, filtro, cuantas=POR_PEDIDO)
    return {
        "tareas": [como_datos(una) for una in pagina.filas],
        "total": pagina.total,
        "despues": pagina.despues,
    }


@bp.post("/casos/<uuid:caso_id>/tareas")
@bp.arguments(NuevaTareaSchema)
@bp.response(201, TareaSchema)
@requires("casos.tarea.gestionar")
def agregar(datos: NuevaTarea, caso_id: UUID) -> Response:
    """Agregar una tarea; sin `responsable_id`, la hace quien la pide"""
    quien = quien_la_hace(datos.responsable_id, actor())
    with env().db.begin() as session:
        tarea = actions.agregar(session, caso_id, datos, quien, actor=actor(), ahora=clock.now())
        response = _respuesta(session, tarea)
    response.status_code = 201
    response.headers["Location"] = f"/casos/api/v1/tareas/{tarea.id}"
    return response


@bp.get("/tareas/<uuid:tarea_id>")
@bp.response(200, TareaSchema)
@requires("casos.tarea.ver")
@versioned
def ver(tarea_id: UUID) -> Response:
    """Una tarea"""
    with env().db.read() as session:
        tarea, caso = queries.tarea_por_id(session, tarea_id, Alcance.de(actor()))
        response = _respuesta(session, tarea)
    registrar_lectura_de_caso(
        env().db, actor(), "casos.tarea.ver", "caso", caso.id, caso_id=caso.id
    )
    return response


@bp.post("/tareas/<uuid:tarea_id>/cambio")
@bp.arguments(CambioDeTareaSchema(exclude=("version",)))
@bp.response(200, TareaSchema)
@requires("casos.tarea.gestionar")
@versioned
def cambiar(datos: CambioDeTarea, tarea_id: UUID) -> Response:
    """Dar la tarea a otra persona, o moverla a otro día"""
    quien = quien_la_hace(datos.responsable_id, actor())
    with env().db.begin() as session:
        tarea = actions.cambiar(session, tarea_id, datos, quien, actor=actor(), ahora=clock.now())
        session.flush()
        return _respuesta(session, tarea)


@bp.post("/tareas/<uuid:tarea_id>/hecha")
@bp.arguments(FinDeTareaSchema(exclude=("version",)))
@bp.response(200, TareaSchema)
@requires("casos.tarea.gestionar")
@versioned
def hacer(datos: FinDeTarea, tarea_id: UUID) -> Response:
    """Marcar la tarea como hecha"""
    return _terminar(actions.hacer, tarea_id, datos)


@bp.post("/tareas/<uuid:tarea_id>/cancelacion")
@bp.arguments(FinDeTareaSchema(exclude=("version",)))
@bp.response(200, TareaSchema)
@requires("casos.tarea.gestionar")
@versioned
def cancelar(datos: FinDeTarea, tarea_id: UUID) -> Response:
    """Cancelar la tarea, con su razón"""
    return _terminar(actions.cancelar, tarea_id, datos)


def _terminar(accion: Callable[..., Tarea], tarea_id: UUID, datos: FinDeTarea) -> Response:
    with env().db.begin() as session:
        tarea = accion(session, tarea_id, datos, actor(), clock.now())
        session.flush()
        return _respuesta(session, tarea)


def _respuesta(session: Session, tarea: Tarea) -> Response:
    datos = TareaSchema().dump(como_datos(queries.fila(session, tarea.id, clock.now())))
    return set_version(jsonify(datos), tarea)
