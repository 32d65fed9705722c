"""JSON of who may know of a case, and of exceptional accesses."""

from typing import Any
from uuid import UUID

from flask import Response, current_app

from casos.accesos import actions, queries
from casos.accesos.actions import NuevaConfidencialidad, NuevoAcceso
from casos.accesos.models import AccesoExcepcional
from casos.accesos.queries import SeguimientoDeAcceso
from casos.accesos.schemas import (
    AccesoAbiertoSchema,
    AccesosSchema,
    AlcanceSchema,
    Nombramiento,
    NombramientoSchema,
    NuevaConfidencialidadSchema,
    NuevoAccesoSchema,
    SeguimientoDeAccesoSchema,
)
from casos.alcance import Alcance
from casos.equipo import equipo
from casos.expedientes.queries import legibles
from casos.personas.queries import ids_a_la_vista
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import set_version, versioned

bp = Blueprint("accesos_api", __name__, url_prefix="/casos/api/v1", description="Quién ve qué")


@bp.post("/alcance")
@bp.arguments(AlcanceSchema)
@bp.response(200, AlcanceSchema)
@requires("casos.alcance.consultar")
def alcance(pedido: dict[str, Any]) -> dict[str, Any]:
    """De estos casos y personas, los que puede ver quien pregunta; para las listas de otros
    servicios
    """
    suyo = Alcance.de(actor())
    with env().db.read() as session:
        return {
            "casos": legibles(session, pedido["casos"], suyo),
            "personas": ids_a_la_vista(session, pedido["personas"], suyo),
        }


@bp.post("/casos/<uuid:caso_id>/confidencialidad")
@bp.arguments(NuevaConfidencialidadSchema(exclude=("version",)))
@bp.response(204)
@requires("casos.caso.confidencialidad")
@versioned
def confidencialidad(datos: NuevaConfidencialidad, caso_id: UUID) -> Response:
    """Decir quién puede saber de un caso; hacerlo menos confidencial es de la coordinación"""
    with env().db.begin() as session:
        caso = actions.cambiar_confidencialidad(session, caso_id, datos, actor(), clock.now())
    return set_version(current_app.response_class(status=204), caso)


@bp.post("/casos/<uuid:caso_id>/equipo")
@bp.arguments(NombramientoSchema)
@bp.response(204)
@requires("casos.caso.equipo")
def nombrar(datos: Nombramiento, caso_id: UUID) -> None:
    """Nombrar a alguien en un caso"""
    quien = equipo().nombrable(datos.funcionario_id)
    with env().db.begin() as session:
        actions.nombrar(session, caso_id, quien, datos.motivo, actor=actor(), ahora=clock.now())


@bp.post("/casos/<uuid:caso_id>/equipo/retiros")
@bp.arguments(NombramientoSchema)
@bp.response(204)
@requires("casos.caso.equipo")
def retirar(datos: Nombramiento, caso_id: UUID) -> None:
    """Retirar a alguien de un caso"""
    with env().db.begin() as session:
        actions.retirar(
            session,
            caso_id,
            datos.funcionario_id,
            datos.motivo,
            actor=actor(),
            ahora=clock.now(),
        )


@bp.post("/casos/<uuid:caso_id>/accesos-excepcionales")
@bp.arguments(NuevoAccesoSchema)
@bp.response(201, AccesoAbiertoSchema)
@requires("casos.acceso.abrir")
def abrir(datos: NuevoAcceso, caso_id: UUID) -> AccesoExcepcional:
    """Leer un caso reservado sin estar nombrado en él; la jefatura recibe un aviso"""
    with env().db.begin() as session:
        return actions.abrir_acceso(session, caso_id, datos, actor(), clock.now())


@bp.get("/accesos-excepcionales")
@bp.response(200, AccesosSchema)
@requires("casos.acceso.listar")
def listar() -> dict[str, Any]:
    """Los accesos excepcionales más nuevos"""
    con_texto = puede("casos.nota.ver")
    with env().db.read() as session:
        hallados = queries.accesos(session, Alcance.de(actor()), con_texto=con_texto)
    registrar_lectura(
        env().db,
        actor(),
        "casos.acceso_excepcional.listar",
        "acceso_excepcional",
        None,
        cantidad=len(hallados),
    )
    return {"accesos": hallados}


@bp.get("/accesos-excepcionales/<uuid:acceso_id>")
@bp.response(200, SeguimientoDeAccesoSchema)
@requires("casos.acceso.ver")
def ver(acceso_id: UUID) -> SeguimientoDeAcceso:
    """De qué caso es un acceso y hasta cuándo; solo para servicios"""
    with env().db.read() as session:
        return queries.seguimiento(session, acceso_id)


@bp.post("/accesos-excepcionales/<uuid:acceso_id>/termino")
@bp.response(200, AccesoAbiertoSchema)
@requires("casos.acceso.abrir")
def terminar(acceso_id: UUID) -> AccesoExcepcional:
    """Terminar un acceso antes de su hora"""
    with env().db.begin() as session:
        return actions.terminar_acceso(session, acceso_id, actor(), clock.now())
