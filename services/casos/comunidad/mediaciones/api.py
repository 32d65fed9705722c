"""Entrance: mediations, as JSON."""

from typing import Any
from uuid import UUID

from casos.alcance import Alcance
from casos.comunidad.mediaciones import actions, queries
from casos.comunidad.mediaciones.queries import Vista
from casos.comunidad.mediaciones.schemas import (
    Acuerdo,
    AcuerdoSchema,
    Calificacion,
    CalificacionSchema,
    ConNota,
    DeParte,
    DeParteSchema,
    FiltroMediacionesSchema,
    MediacionesSchema,
    MediacionSchema,
    NuevaMediacion,
    NuevaMediacionSchema,
    NuevaParte,
    NuevaParteSchema,
    NuevaSesion,
    NuevaSesionSchema,
    NuevoCompromiso,
    NuevoCompromisoSchema,
    NuevoSeguimiento,
    NuevoSeguimientoDeMediacionSchema,
    Respuesta,
    RespuestaDeParteSchema,
    SinDatos,
    SinDatosSchema,
    TerminoDeMediacionSchema,
)
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint(
    "mediaciones",
    __name__,
    url_prefix="/casos/api/v1/comunidad",
    description="Mediaciones de convivencia",
)

Answer = tuple[Vista, int, dict[str, str]]

_SIN_VERSION = ("version",)


@bp.get("/mediaciones")
@bp.arguments(FiltroMediacionesSchema, location="query", as_kwargs=True)
@bp.response(200, MediacionesSchema)
@requires("casos.mediacion.ver")
def listar(*, todas: bool) -> dict[str, Any]:
    """Mediaciones en marcha de sus casos; con `todas`, también las que terminaron"""
    with env().db.read() as session:
        halladas = queries.mediaciones(session, Alcance.de(actor()), todas=todas)
    cuantas = len(halladas)
    registrar_lectura(
        env().db, actor(), "casos.mediacion.listar", "mediacion", None, cantidad=cuantas
    )
    return {"mediaciones": halladas}


@bp.post("/mediaciones")
@bp.arguments(NuevaMediacionSchema)
@bp.response(201, MediacionSchema)
@requires("casos.mediacion.gestionar")
def abrir(datos: NuevaMediacion) -> Answer:
    """Abrir la mediación de un caso de convivencia vecinal"""
    with env().db.begin() as session:
        hecha = actions.abrir(session, datos, actor(), clock.now())
    una, _status, headers = _answer(hecha.id)
    location = f"/casos/api/v1/comunidad/mediaciones/{hecha.id}"
    return una, 201, headers | {"Location": location}


@bp.get("/mediaciones/<uuid:mediacion_id>")
@bp.response(200, MediacionSchema)
@requires("casos.mediacion.ver")
@versioned
def ver(mediacion_id: UUID) -> Answer:
    """Una mediación, con lo que quien la lee puede saber"""
    return _answer(mediacion_id)


@bp.post("/mediaciones/<uuid:mediacion_id>/partes")
@bp.arguments(NuevaParteSchema(exclude=_SIN_VERSION))
@bp.response(200, MediacionSchema)
@requires("casos.mediacion.gestionar")
@versioned
def agregar_parte(datos: NuevaParte, mediacion_id: UUID) -> Answer:
    """Invitar a una parte"""
    with env().db.begin() as session:
        actions.agregar_parte(session, mediacion_id, datos, actor(), clock.now())
    return _answer(mediacion_id)


@bp.post("/mediaciones/<uuid:mediacion_id>/respuestas")
@bp.arguments(RespuestaDeParteSchema(exclude=_SIN_VERSION))
@bp.response(200, MediacionSchema)
@requires("casos.mediacion.gestionar")
@versioned
def responder(datos: Respuesta, mediacion_id: UUID) -> Answer:
    """Anotar si una parte acepta participar"""
    with env().db.begin() as session:
        actions.responder(session, mediacion_id, datos, actor(), clock.now())
    return _answer(mediacion_id)


@bp.post("/mediaciones/<uuid:mediacion_id>/partes-quitadas")
@bp.arguments(DeParteSchema(exclude=_SIN_VERSION))
@bp.response(200, MediacionSchema)
@requires("casos.mediacion.gestionar")
@versioned
def quitar_parte(datos: DeParte, mediacion_id: UUID) -> Answer:
    """Quitar a quien no participa"""
    with env().db.begin() as session:
        actions.quitar_parte(session, mediacion_id, datos, actor(), clock.now())
    return _answer(mediacion_id)


@bp.post("/mediaciones/<uuid:mediacion_id>/inicio")
@bp.arguments(SinDatosSchema(exclude=_SIN_VERSION))
@bp.response(200, MediacionSchema)
@requires("casos.mediacion.gestionar")
@versioned
def iniciar(datos: SinDatos, mediacion_id: UUID) -> Answer:
    """Empezar las sesiones: todas las partes aceptaron"""
    with env().db.begin() as session:
        actions.iniciar(session, mediacion_id, datos, actor(), clock.now())
    return _answer(mediacion_id)


@bp.post("/mediaciones/<uuid:mediacion_id>/sesiones")
@bp.arguments(NuevaSesionSchema(exclude=_SIN_VERSION))
@bp.response(200, MediacionSchema)
@requires("casos.mediacion.gestionar")
@versioned
def realizar_sesion(datos: NuevaSesion, mediacion_id: UUID) -> Answer:
    """Anotar una sesión"""
    with env().db.begin() as session:
        actions.realizar_sesion(session, mediacion_id, datos, actor(), clock.now())
    return _answer(mediacion_id)


@bp.post("/mediaciones/<uuid:mediacion_id>/compromisos")
@bp.arguments(NuevoCompromisoSchema(exclude=_SIN_VERSION))
@bp.response(200, MediacionSchema)
@requires("casos.mediacion.gestionar")
@versioned
def comprometer(datos: NuevoCompromiso, mediacion_id: UUID) -> Answer:
    """Anotar a qué se compromete una parte"""
    with env().db.begin() as session:
        actions.comprometer(session, mediacion_id, datos, actor(), clock.now())
    return _answer(mediacion_id)


@bp.post("/mediaciones/<uuid:mediacion_id>/acuerdo")
@bp.arguments(AcuerdoSchema(exclude=_SIN_VERSION))
@bp.response(200, MediacionSchema)
@requires("casos.mediacion.gestionar")
@versioned
def acordar(datos: Acuerdo, mediacion_id: UUID) -> Answer:
    """Anotar que firmaron el acuerdo; sus seguimientos quedan como tareas"""
    with env().db.begin() as session:
        actions.acordar(session, mediacion_id, datos, actor(), clock.now())
    return _answer(mediacion_id)


@bp.post("/mediaciones/<uuid:mediacion_id>/calificaciones")
@bp.arguments(CalificacionSchema(exclude=_SIN_VERSION))
@bp.response(200, MediacionSchema)
@requires("casos.mediacion.gestionar")
@versioned
def calificar(datos: Calificacion, mediacion_id: UUID) -> Answer:
    """Decir si se cumplió un compromiso"""
    with env().db.begin() as session:
        actions.calificar(session, mediacion_id, datos, actor(), clock.now())
    return _answer(mediacion_id)


@bp.post("/mediaciones/<uuid:mediacion_id>/seguimientos")
@bp.arguments(NuevoSeguimientoDeMediacionSchema(exclude=_SIN_VERSION))
@bp.response(200, MediacionSchema)
@requires("casos.mediacion.gestionar")
@versioned
def seguir(datos: NuevoSeguimiento, mediacion_id: UUID) -> Answer:
    """Anotar cómo va el acuerdo"""
    with env().db.begin() as session:
        actions.seguir(session, mediacion_id, datos, actor(), clock.now())
    return _answer(mediacion_id)


@bp.post("/mediaciones/<uuid:mediacion_id>/sin-acuerdo")
@bp.arguments(TerminoDeMediacionSchema(exclude=_SIN_VERSION))
@bp.response(200, MediacionSchema)
@requires("casos.mediacion.gestionar")
@versioned
def no_acordar(datos: ConNota, mediacion_id: UUID) -> Answer:
    """Terminar sin acuerdo"""
    with env().db.begin() as session:
        actions.no_acordar(session, mediacion_id, datos, actor(), clock.now())
    return _answer(mediacion_id)


@bp.post("/mediaciones/<uuid:mediacion_id>/desistimiento")
@bp.arguments(TerminoDeMediacionSchema(exclude=_SIN_VERSION))
@bp.response(200, MediacionSchema)
@requires("casos.mediacion.gestionar")
@versioned
def desistir(datos: ConNota, mediacion_id: UUID) -> Answer:
    """Anotar que alguien desistió"""
    with env().db.begin() as session:
        actions.desistir(session, mediacion_id, datos, actor(), clock.now())
    return _answer(mediacion_id)


@bp.post("/mediaciones/<uuid:mediacion_id>/termino")
@bp.arguments(TerminoDeMediacionSchema(exclude=_SIN_VERSION))
@bp.response(200, MediacionSchema)
@requires("casos.mediacion.gestionar")
@versioned
def terminar(datos: ConNota, mediacion_id: UUID) -> Answer:
    """Dar por terminada una mediación con acuerdo"""
    with env().db.begin() as session:
        actions.terminar(session, mediacion_id, datos, actor(), clock.now())
    return _answer(mediacion_id)


def _answer(mediacion_id: UUID) -> Answer:
    with env().db.read() as session:
        una = queries.vista(session, mediacion_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.mediacion.ver", "mediacion", mediacion_id)
    return una, 200, etag_of(una)
