"""JSON of programs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from identidad import queries
from identidad.clientes import actions
from identidad.clientes.actions import EdicionCliente, NuevoCliente
from identidad.clientes.schemas import (
    ClienteConSecretoSchema,
    ClienteSchema,
    EdicionClienteSchema,
    NuevoClienteSchema,
)
from identidad.models import ClienteApi
from identidad.secretos import nuevo_secreto
from oficina.web.app import env
from oficina.web.auth import actor, guard, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned
from oficina.web.idempotency import withheld

bp = Blueprint(
    "clientes",
    __name__,
    url_prefix="/identidad/api/v1/clientes",
    description="Otros sistemas que usan la API",
)

ConEtiqueta = tuple[Any, dict[str, str]]


@bp.get("")
@bp.response(200, ClienteSchema(many=True))
@requires("identidad.cliente.administrar")
def clientes() -> Sequence[ClienteApi]:
    """Otros sistemas que usan la API"""
    with env().db.read() as session:
        return queries.clientes(session)


@bp.post("")
@bp.arguments(NuevoClienteSchema)
@bp.response(201, ClienteConSecretoSchema)
@requires("identidad.cliente.administrar")
@withheld("client_secret")
def crear(datos: dict[str, Any]) -> ConEtiqueta:
    """Registrar un sistema; su secreto se dice solo esta vez"""
    secreto = nuevo_secreto()
    with env().db.begin() as session:
        cliente = actions.crear_cliente(session, NuevoCliente(**datos, secreto=secreto), actor())
    return _answer(cliente.id, client_secret=secreto)


@bp.get("/<uuid:cliente_id>")
@bp.response(200, ClienteSchema)
@requires("identidad.cliente.administrar")
@versioned
def cliente(cliente_id: UUID) -> ConEtiqueta:
    """Un sistema"""
    return _answer(cliente_id)


@bp.put("/<uuid:cliente_id>")
@bp.arguments(EdicionClienteSchema(exclude=("version",)))
@bp.response(200, ClienteSchema)
@requires("identidad.cliente.administrar")
@versioned
def editar(datos: EdicionCliente, cliente_id: UUID) -> ConEtiqueta:
    """Cambiar lo que puede un sistema; rige en un minuto"""
    with env().db.begin() as session:
        actions.editar_cliente(session, cliente_id, datos, actor())
    return _answer(cliente_id)


@bp.post("/<uuid:cliente_id>/secretos")
@bp.response(201, ClienteConSecretoSchema)
@requires("identidad.cliente.administrar")
@withheld("client_secret")
def agregar_secreto(cliente_id: UUID) -> ConEtiqueta:
    """Darle otro secreto, junto al que tiene; se dice solo esta vez"""
    secreto = nuevo_secreto()
    with env().db.begin() as session:
        actions.agregar_secreto(session, cliente_id, secreto, actor())
    return _answer(cliente_id, client_secret=secreto)


@bp.post("/<uuid:cliente_id>/secretos/<uuid:secreto_id>/revocar")
@bp.response(200, ClienteSchema)
@requires("identidad.cliente.administrar")
def revocar_secreto(cliente_id: UUID, secreto_id: UUID) -> ConEtiqueta:
    """Revocar un secreto; rige en un minuto"""
    with env().db.begin() as session:
        actions.revocar_secreto(session, cliente_id, secreto_id, actor(), guard().reloj())
    return _answer(cliente_id)


@bp.post("/<uuid:cliente_id>/revocar")
@bp.response(200, ClienteSchema)
@requires("identidad.cliente.administrar")
def revocar(cliente_id: UUID) -> ConEtiqueta:
    """Revocar un sistema; rige en un minuto y no se deshace"""
    with env().db.begin() as session:
        actions.revocar_cliente(session, cliente_id, actor())
    return _answer(cliente_id)


def _answer(cliente_id: UUID, **also: str) -> ConEtiqueta:
    with env().db.read() as session:
        one = queries.cliente_por_id(session, cliente_id)
    shown: dict[str, Any] = {name: getattr(one, name) for name in ClienteSchema().fields}
    return shown | also, etag_of(one)
