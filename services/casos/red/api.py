"""Entrance: the directory of the network, as JSON."""

from flask_smorest import Blueprint

from casos.red import queries
from casos.red.models import ServicioRed
from casos.red.schemas import BusquedaRedSchema, ServiciosSchema
from oficina.web.app import env
from oficina.web.auth import requires

bp = Blueprint("red", __name__, url_prefix="/casos/api/v1/red")


@bp.get("/servicios")
@bp.arguments(BusquedaRedSchema, location="query", as_kwargs=True)
@bp.response(200, ServiciosSchema)
@requires("casos.red.ver")
def servicios(q: str, tema: str) -> dict[str, list[ServicioRed]]:
    """Servicios de la red, los del tema primero"""
    with env().db.read() as session:
        return {"servicios": list(queries.servicios(session, tema=tema, texto=q))}
