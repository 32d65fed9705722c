"""Entrance: the facts of the office for services that make figures of them."""

from casos.hechos import actions, queries
from casos.hechos.cursor import Cursor
from casos.hechos.schemas import DesdeSchema, EtiquetasSchema, PaginaSchema
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint("hechos", __name__, url_prefix="/casos/api/v1/hechos")


@bp.get("")
@bp.arguments(DesdeSchema, location="query", as_kwargs=False)
@bp.response(200, PaginaSchema)
@requires("casos.hechos.ver")
def hechos(pedido: tuple[Cursor, int]) -> queries.Pagina:
    """Hechos sin identificar, en el orden en que cambiaron"""
    desde, limite = pedido
    db = env().db
    with db.read() as session:
        pendientes = queries.hay_sin_numero(session)
    if pendientes:
        with db.begin() as session:
            actions.numerar(session)
    with db.read() as session:
        return queries.pagina(session, desde, limite, str(actor().id))


@bp.get("/etiquetas")
@bp.response(200, EtiquetasSchema)
@requires("casos.hechos.ver")
def etiquetas() -> dict[str, list[queries.Etiqueta]]:
    """Las palabras de los códigos que llevan los hechos"""
    with env().db.read() as session:
        return {"etiquetas": queries.etiquetas(session)}
