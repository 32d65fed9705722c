"""JSON of one's own preferences."""

from notificaciones.avisos import actions, queries
from notificaciones.avisos.models import Modo, PreferenciaDeAvisos
from notificaciones.avisos.schemas import PreferenciaSchema
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint(
    "avisos",
    __name__,
    url_prefix="/notificaciones/api/v1/mis-avisos",
    description="Cómo quiere cada cual sus avisos",
)

ConEtiqueta = tuple[PreferenciaDeAvisos, int, dict[str, str]]


@bp.get("")
@bp.response(200, PreferenciaSchema)
@requires("notificaciones.aviso.preferir")
@versioned
def preferencia() -> ConEtiqueta:
    """Cómo recibe sus avisos quien pregunta"""
    with env().db.read() as session:
        elegida = queries.preferencia(session, actor().id)
    return _answer(elegida or queries.sin_elegir(actor().id))


@bp.put("")
@bp.arguments(PreferenciaSchema)
@bp.response(200, PreferenciaSchema)
@requires("notificaciones.aviso.preferir")
@versioned
def preferir(pedido: dict[str, Modo]) -> ConEtiqueta:
    """Elegir cómo recibir los avisos propios"""
    with env().db.begin() as session:
        return _answer(actions.elegir(session, pedido["modo"], actor()))


def _answer(elegida: PreferenciaDeAvisos) -> ConEtiqueta:
    return elegida, 200, etag_of(elegida)
