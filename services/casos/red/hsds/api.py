"""Entrance: the directory taken out and brought in as HSDS, as JSON."""

from uuid import UUID

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from casos.red.hsds import actions, formato, queries
from casos.red.hsds.actions import Previa
from casos.red.hsds.models import EstadoCarga
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint("red_cargas", __name__, url_prefix="/casos/api/v1/red")

Answer = tuple[Previa, int, dict[str, str]]


class CambioDeRedSchema(Schema):
    """What would be of one row."""

    clase = fields.String()
    id = fields.UUID(attribute="fila.id")
    nombre = fields.String()
    nueva = fields.Boolean()
    campos = fields.List(fields.String())


class CargaDeRedSchema(Schema):
    """A file, and what it would change."""

    id = fields.UUID(attribute="carga.id")
    estado = fields.Enum(EstadoCarga, by_value=True, attribute="carga.estado")
    cambios = fields.List(fields.Nested(CambioDeRedSchema))
    avisos = fields.List(fields.String())
    version = fields.Integer(attribute="carga.version")


@bp.get("/hsds")
@bp.response(200)
@requires("casos.red.ver")
def sacar() -> ResponseReturnValue:
    """El directorio público, como un paquete de HSDS 3.0"""
    with env().db.read() as session:
        return jsonify(formato.paquete(queries.servicios(session)))


@bp.post("/cargas")
@bp.response(201, CargaDeRedSchema)
@requires("casos.red.editar")
def traer() -> Answer:
    """Traer un paquete de HSDS 3.0 (el cuerpo de la petición) y ver qué cambiaría"""
    with env().db.begin() as session:
        carga = actions.traer(session, request.get_data(), actor())
    previa, _status, headers = _answer(carga.id)
    return previa, 201, headers | {"Location": f"/casos/api/v1/red/cargas/{carga.id}"}


@bp.get("/cargas/<uuid:carga_id>")
@bp.response(200, CargaDeRedSchema)
@requires("casos.red.editar")
@versioned
def ver(carga_id: UUID) -> Answer:
    """Qué cambiaría un archivo"""
    return _answer(carga_id)


@bp.post("/cargas/<uuid:carga_id>/aplicacion")
@bp.response(200, CargaDeRedSchema)
@requires("casos.red.editar")
@versioned
def cargar(carga_id: UUID) -> Answer:
    """Cargarlo"""
    with env().db.begin() as session:
        actions.cargar(session, carga_id, None, actor())
    return _answer(carga_id)


@bp.post("/cargas/<uuid:carga_id>/descarte")
@bp.response(200, CargaDeRedSchema)
@requires("casos.red.editar")
@versioned
def descartar(carga_id: UUID) -> Answer:
    """Descartarlo"""
    with env().db.begin() as session:
        actions.descartar(session, carga_id, None, actor())
    return _answer(carga_id)


def _answer(carga_id: UUID) -> Answer:
    with env().db.read() as session:
        previa = actions.previa(session, carga_id)
    return previa, 200, etag_of(previa.carga)
