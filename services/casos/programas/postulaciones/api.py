"""Entrance: applications, as JSON."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from casos.listas.postulaciones import (
    POSTULACIONES,
    FiltroPostulaciones,
    FiltroPostulacionesSchema,
)
from casos.listas.vistas import POR_PEDIDO, leer
from casos.programas.postulaciones import actions, vistas
from casos.programas.postulaciones.actions import (
    Comprobaciones,
    ConTexto,
    EdicionPostulacion,
    NuevaPostulacion,
    Rechazo,
)
from casos.programas.postulaciones.models import Postulacion
from casos.programas.postulaciones.schemas import (
    ComprobacionesSchema,
    EdicionPostulacionSchema,
    NuevaPostulacionSchema,
    PasoDePostulacionSchema,
    PasoFundadoSchema,
    PostulacionesSchema,
    PostulacionSchema,
    RechazoDePostulacionSchema,
)
from oficina import clock
from oficina.actor import Actor
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint("postulaciones", __name__, url_prefix="/casos/api/v1", description="Postulaciones")

Answer = tuple[dict[str, Any], int, dict[str, str]]


@bp.get("/postulaciones")
@bp.arguments(FiltroPostulacionesSchema, location="query")
@bp.response(200, PostulacionesSchema)
@requires("casos.postulacion.ver")
def listar(filtro: FiltroPostulaciones) -> dict[str, Any]:
    """Postulaciones a la vista de quien pregunta: las sin decidir (`curso`), en `espera`, todas"""
    pagina = leer(POSTULACIONES, filtro, cuantas=POR_PEDIDO)
    return {"postulaciones": pagina.filas, "total": pagina.total, "despues": pagina.despues}


@bp.post("/postulaciones")
@bp.arguments(NuevaPostulacionSchema)
@bp.response(201, PostulacionSchema)
@requires("casos.postulacion.crear")
def crear(datos: NuevaPostulacion) -> Answer:
    """Empezar una postulación, como borrador"""
    with env().db.begin() as session:
        hecha = actions.crear(session, datos, actor(), clock.now())
    cuerpo, _status, headers = _answer(hecha.id)
    return cuerpo, 201, headers | {"Location": f"/casos/api/v1/postulaciones/{hecha.id}"}


@bp.get("/postulaciones/<uuid:postulacion_id>")
@bp.response(200, PostulacionSchema)
@requires("casos.postulacion.ver")
@versioned
def ver(postulacion_id: UUID) -> Answer:
    """Una postulación, lo comprobado y sus pasos"""
    return _answer(postulacion_id)


@bp.patch("/postulaciones/<uuid:postulacion_id>")
@bp.arguments(EdicionPostulacionSchema(exclude=("version",)))
@bp.response(200, PostulacionSchema)
@requires("casos.postulacion.crear")
@versioned
def editar(datos: EdicionPostulacion, postulacion_id: UUID) -> Answer:
    """Corregir un borrador"""
    return _hacer(postulacion_id, actions.editar, datos)


@bp.post("/postulaciones/<uuid:postulacion_id>/ingresar")
@bp.arguments(PasoDePostulacionSchema(exclude=("version",)))
@bp.response(200, PostulacionSchema)
@requires("casos.postulacion.crear")
@versioned
def ingresar(datos: ConTexto, postulacion_id: UUID) -> Answer:
    """Ingresar la postulación, con los requisitos de hoy"""
    return _hacer(postulacion_id, actions.ingresar, datos)


@bp.post("/postulaciones/<uuid:postulacion_id>/revisar")
@bp.arguments(PasoDePostulacionSchema(exclude=("version",)))
@bp.response(200, PostulacionSchema)
@requires("casos.postulacion.resolver")
@versioned
def revisar(datos: ConTexto, postulacion_id: UUID) -> Answer:
    """Empezar a revisar"""
    return _hacer(postulacion_id, actions.revisar, datos)


@bp.post("/postulaciones/<uuid:postulacion_id>/comprobar")
@bp.arguments(ComprobacionesSchema(exclude=("version",)))
@bp.response(200, PostulacionSchema)
@requires("casos.postulacion.resolver")
@versioned
def comprobar(datos: Comprobaciones, postulacion_id: UUID) -> Answer:
    """Anotar lo comprobado de cada requisito"""
    return _hacer(postulacion_id, actions.comprobar, datos)


@bp.post("/postulaciones/<uuid:postulacion_id>/observar")
@bp.arguments(PasoFundadoSchema(exclude=("version",)))
@bp.response(200, PostulacionSchema)
@requires("casos.postulacion.resolver")
@versioned
def observar(datos: ConTexto, postulacion_id: UUID) -> Answer:
    """Pedir lo que falta"""
    return _hacer(postulacion_id, actions.observar, datos)


@bp.post("/postulaciones/<uuid:postulacion_id>/responder")
@bp.arguments(PasoDePostulacionSchema(exclude=("version",)))
@bp.response(200, PostulacionSchema)
@requires("casos.postulacion.seguir")
@versioned
def responder(datos: ConTexto, postulacion_id: UUID) -> Answer:
    """Anotar que llegó lo que faltaba"""
    return _hacer(postulacion_id, actions.responder, datos)


@bp.post("/postulaciones/<uuid:postulacion_id>/esperar")
@bp.arguments(PasoDePostulacionSchema(exclude=("version",)))
@bp.response(200, PostulacionSchema)
@requires("casos.postulacion.resolver")
@versioned
def esperar(datos: ConTexto, postulacion_id: UUID) -> Answer:
    """Poner en la lista de espera: cumple todo y falta presupuesto"""
    return _hacer(postulacion_id, actions.esperar, datos)


@bp.post("/postulaciones/<uuid:postulacion_id>/aprobar")
@bp.arguments(PasoDePostulacionSchema(exclude=("version",)))
@bp.response(200, PostulacionSchema)
@requires("casos.postulacion.resolver")
@versioned
def aprobar(datos: ConTexto, postulacion_id: UUID) -> Answer:
    """Aprobar y reservar el presupuesto; no puede quien la presentó"""
    return _hacer(postulacion_id, actions.aprobar, datos)


@bp.post("/postulaciones/<uuid:postulacion_id>/rechazar")
@bp.arguments(RechazoDePostulacionSchema(exclude=("version",)))
@bp.response(200, PostulacionSchema)
@requires("casos.postulacion.resolver")
@versioned
def rechazar(datos: Rechazo, postulacion_id: UUID) -> Answer:
    """Rechazar con un motivo; la respuesta trae el recurso que tiene la persona"""
    return _hacer(postulacion_id, actions.rechazar, datos)


@bp.post("/postulaciones/<uuid:postulacion_id>/renunciar")
@bp.arguments(PasoDePostulacionSchema(exclude=("version",)))
@bp.response(200, PostulacionSchema)
@requires("casos.postulacion.seguir")
@versioned
def renunciar(datos: ConTexto, postulacion_id: UUID) -> Answer:
    """Anotar que la persona renuncia"""
    return _hacer(postulacion_id, actions.renunciar, datos)


@bp.post("/postulaciones/<uuid:postulacion_id>/anular")
@bp.arguments(PasoFundadoSchema(exclude=("version",)))
@bp.response(200, PostulacionSchema)
@requires("casos.postulacion.seguir")
@versioned
def anular(datos: ConTexto, postulacion_id: UUID) -> Answer:
    """Anular una postulación hecha por error"""
    return _hacer(postulacion_id, actions.anular, datos)


def _hacer(
    postulacion_id: UUID,
    accion: Callable[[Session, UUID, Any, Actor, datetime], Postulacion],
    datos: Any,
) -> Answer:
    with env().db.begin() as session:
        accion(session, postulacion_id, datos, actor(), clock.now())
    return _answer(postulacion_id)


def _answer(postulacion_id: UUID) -> Answer:
    una, aparte = vistas.vista(postulacion_id)
    return {campo: getattr(una, campo) for campo in _CAMPOS} | aparte, 200, etag_of(una)


_CAMPOS = tuple(set(PostulacionSchema().fields) - {"pasos", "faltan", "recurso", "del_hogar"})
