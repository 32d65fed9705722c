"""Entrance: agreements, as JSON."""

from typing import Any
from uuid import UUID

from casos.convenios import actions, queries
from casos.convenios.actions import EdicionConvenio, NuevoConvenio, Prorroga, Termino
from casos.convenios.models import Convenio
from casos.convenios.schemas import (
    ConvenioSchema,
    ConveniosSchema,
    EdicionConvenioSchema,
    FiltroConveniosSchema,
    NuevoConvenioSchema,
    ProrrogaDeConvenioSchema,
    TerminoDeConvenioSchema,
)
from casos.equipo import equipo
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint("convenios", __name__, url_prefix="/casos/api/v1", description="Convenios")

Answer = tuple[Convenio, int, dict[str, str]]


@bp.get("/convenios")
@bp.arguments(FiltroConveniosSchema, location="query", as_kwargs=True)
@bp.response(200, ConveniosSchema)
@requires("casos.convenio.ver")
def listar(*, todos: bool) -> dict[str, Any]:
    """Convenios vigentes, primero el que vence antes; con `todos`, también los demás"""
    with env().db.read() as session:
        return {"convenios": queries.convenios(session, todos=todos)}


@bp.post("/convenios")
@bp.arguments(NuevoConvenioSchema)
@bp.response(201, ConvenioSchema)
@requires("casos.convenio.editar")
def registrar(datos: NuevoConvenio) -> Answer:
    """Registrar un convenio firmado"""
    responsable = equipo().encargado(datos.responsable_id)
    with env().db.begin() as session:
        hecho = actions.registrar(session, datos, responsable, actor(), clock.today())
    convenio, _status, headers = _answer(hecho.id)
    return convenio, 201, headers | {"Location": f"/casos/api/v1/convenios/{hecho.id}"}


@bp.get("/convenios/<uuid:convenio_id>")
@bp.response(200, ConvenioSchema)
@requires("casos.convenio.ver")
@versioned
def ver(convenio_id: UUID) -> Answer:
    """Un convenio"""
    return _answer(convenio_id)


@bp.patch("/convenios/<uuid:convenio_id>")
@bp.arguments(EdicionConvenioSchema(exclude=("version",)))
@bp.response(200, ConvenioSchema)
@requires("casos.convenio.editar")
@versioned
def editar(datos: EdicionConvenio, convenio_id: UUID) -> Answer:
    """Corregir un convenio vigente"""
    responsable = equipo().encargado(datos.responsable_id)
    with env().db.begin() as session:
        actions.editar(session, convenio_id, datos, responsable, actor())
    return _answer(convenio_id)


@bp.post("/convenios/<uuid:convenio_id>/prorroga")
@bp.arguments(ProrrogaDeConvenioSchema(exclude=("version",)))
@bp.response(200, ConvenioSchema)
@requires("casos.convenio.editar")
@versioned
def prorrogar(datos: Prorroga, convenio_id: UUID) -> Answer:
    """Prorrogar un convenio"""
    with env().db.begin() as session:
        actions.prorrogar(session, convenio_id, datos, actor(), clock.today())
    return _answer(convenio_id)


@bp.post("/convenios/<uuid:convenio_id>/termino")
@bp.arguments(TerminoDeConvenioSchema(exclude=("version",)))
@bp.response(200, ConvenioSchema)
@requires("casos.convenio.editar")
@versioned
def terminar(datos: Termino, convenio_id: UUID) -> Answer:
    """Poner término a un convenio"""
    with env().db.begin() as session:
        actions.terminar(session, convenio_id, datos, actor())
    return _answer(convenio_id)


def _answer(convenio_id: UUID) -> Answer:
    with env().db.read() as session:
        convenio = queries.convenio_por_id(session, convenio_id)
    return convenio, 200, etag_of(convenio)
