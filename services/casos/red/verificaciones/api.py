"""Entrance: what is to be asked of the network again, as JSON."""

from typing import Any

from casos.hoja import hoja
from casos.red.verificaciones import queries
from casos.red.verificaciones.schemas import (
    Filtro,
    FiltroPorVerificarSchema,
    PorVerificarSchema,
)
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import requires
from oficina.web.blueprint import Blueprint

bp = Blueprint("red_verificaciones", __name__, url_prefix="/casos/api/v1/red", description="Red")


@bp.get("/por-verificar")
@bp.arguments(FiltroPorVerificarSchema, location="query")
@bp.response(200, PorVerificarSchema)
@requires("casos.red.editar")
def por_verificar(filtro: Filtro) -> dict[str, Any]:
    """Servicios cuya verificación venció, por institución y los más antiguos antes"""
    with env().db.read() as session:
        una = hoja(queries.por_verificar(session, filtro, clock.today()), filtro.pagina)
    return {"por_verificar": una.filas} | {
        campo: getattr(una, campo) for campo in ("total", "pagina", "paginas")
    }
