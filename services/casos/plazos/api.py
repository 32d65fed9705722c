"""Entrance: deadlines, as JSON: what is late, and one for the services that write about it."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from casos.alcance import Alcance
from casos.expedientes.queries import solo_para
from casos.plazos import atrasos, calendario, queries, versiones
from casos.plazos.atrasos import FiltroPlazos
from casos.plazos.calendario import NuevoDiaCerrado
from casos.plazos.models import DiaCerrado
from casos.plazos.schemas import (
    CalendarioSchema,
    DiaCerradoSchema,
    FiltroPlazosSchema,
    NuevaVersionDeReglasSchema,
    NuevoDiaCerradoSchema,
    PanoramaDePlazosSchema,
    SeguimientoSchema,
    VersionDeReglasSchema,
    VersionesDeReglasSchema,
)
from casos.plazos.versiones import NuevaVersion, Version
from casos.plazos.vistas import como_datos
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.jobs import nudge_after_commit
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint("plazos", __name__, url_prefix="/casos/api/v1/plazos", description="Plazos")


@bp.get("")
@bp.arguments(FiltroPlazosSchema, location="query")
@bp.response(200, PanoramaDePlazosSchema)
@requires("casos.plazo.listar")
def listar(filtro: FiltroPlazos) -> dict[str, Any]:
    """Plazos que corren o están en pausa: los vencidos primero, con sus cuentas y de quién son"""
    with env().db.read() as session:
        panorama = atrasos.panorama(session, filtro, Alcance.de(actor()), clock.now())
    registrar_lectura(
        env().db, actor(), "casos.plazo.listar", "caso", None, cantidad=len(panorama.filas)
    )
    return como_datos(panorama)


@bp.get("/calendario")
@bp.response(200, CalendarioSchema)
@requires("casos.calendario.ver")
def ver_calendario() -> dict[str, Any]:
    """Días en que el municipio no trabaja, además de los feriados; también los retirados"""
    with env().db.read() as session:
        return {"dias": calendario.dias_cerrados(session)}


@bp.post("/calendario")
@bp.arguments(NuevoDiaCerradoSchema)
@bp.response(201, DiaCerradoSchema)
@requires("casos.calendario.editar")
def cerrar(datos: NuevoDiaCerrado) -> DiaCerrado:
    """Anotar un día en que no se trabaja: los plazos que pasan por él se mueven solos"""
    with env().db.begin() as session:
        dia = calendario.cerrar(session, datos, actor(), clock.now())
        nudge_after_commit(session, "casos.seguir_plazos")
    return dia


@bp.post("/calendario/<uuid:dia_id>/retiro")
@bp.response(200, DiaCerradoSchema)
@requires("casos.calendario.editar")
def retirar(dia_id: UUID) -> DiaCerrado:
    """Retirar un día anotado por error: vuelve a ser hábil"""
    with env().db.begin() as session:
        dia = calendario.retirar(session, dia_id, actor(), clock.now())
        nudge_after_commit(session, "casos.seguir_plazos")
    return dia


@bp.get("/reglas")
@bp.response(200, VersionesDeReglasSchema)
@requires("casos.reglas_de_plazos.ver")
def ver_reglas() -> dict[str, Any]:
    """Cuánto dura cada plazo: la versión del programa y las de la oficina, la más nueva primero"""
    with env().db.read() as session:
        return {"versiones": versiones.versiones(session, clock.now())}


@bp.post("/reglas")
@bp.arguments(NuevaVersionDeReglasSchema)
@bp.response(201, VersionDeReglasSchema)
@requires("casos.reglas_de_plazos.escribir")
def escribir_reglas(datos: NuevaVersion) -> Version:
    """Escribir una versión entera de las reglas que no fija la ley, que rige desde un día por venir

    Lo que ya corre conserva la versión con que empezó.
    """
    with env().db.begin() as session:
        return versiones.guardar(session, datos, actor(), clock.now())


@bp.get("/<uuid:plazo_id>")
@bp.response(200, SeguimientoSchema)
@requires("casos.plazo.ver")
def plazo(plazo_id: UUID) -> dict[str, Any]:
    """Si un plazo corre todavía y quién responde por su caso; solo para servicios"""
    with env().db.read() as session:
        hallado = queries.seguimiento(session, plazo_id)
        solo = solo_para(session, hallado.caso_id)
    registrar_lectura(env().db, actor(), "casos.plazo.ver", "caso", hallado.caso_id)
    return asdict(hallado) | {"solo": solo}
