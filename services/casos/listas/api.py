"""Entrance: the views that people keep of lists, as JSON."""

from typing import Any
from uuid import UUID

from casos.listas import actions, queries
from casos.listas.catalogo import LISTAS, NOMBRES
from casos.listas.lista import Lista
from casos.listas.schemas import NuevaVista, NuevaVistaSchema, VistaSchema, VistasSchema
from oficina import clock
from oficina.errors import NoPermitido
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint(
    "listas_api",
    __name__,
    url_prefix=f"/casos/api/v1/listas/<{NOMBRES}:lista>",
    description="Vistas guardadas de las listas",
)


@bp.get("/vistas")
@bp.response(200, VistasSchema)
@requires("casos.vista.guardar")
def listar(lista: str) -> dict[str, Any]:
    """Las vistas propias de una lista y las que comparte la oficina"""
    una = _lista(lista)
    with env().db.read() as session:
        return {"vistas": queries.vistas_de(session, una.nombre, actor().id)}


@bp.post("/vistas")
@bp.arguments(NuevaVistaSchema)
@bp.response(201, VistaSchema)
@requires("casos.vista.guardar")
def guardar(datos: NuevaVista, lista: str) -> queries.Vista:
    """Guardar un filtro con un nombre; si ya tiene una vista con ese nombre, la reemplaza"""
    una = _lista(lista)
    with env().db.begin() as session:
        vista = actions.guardar(session, una, datos, actor(), clock.now())
        session.flush()
        return queries.vista_por_id(session, vista.id, una.nombre, actor().id)


@bp.delete("/vistas/<uuid:vista_id>")
@bp.response(204)
@requires("casos.vista.guardar")
def borrar(lista: str, vista_id: UUID) -> None:
    """Borrar una vista propia, o una de la oficina si puede compartirlas"""
    with env().db.begin() as session:
        actions.borrar(session, _lista(lista), vista_id, actor())


def _lista(nombre: str) -> Lista:
    una = LISTAS[nombre]
    if not puede(una.permiso):
        raise NoPermitido
    return una
