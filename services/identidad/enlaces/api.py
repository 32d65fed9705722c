"""JSON of links: only services ask, when they write the mail."""

from uuid import UUID

from identidad.enlaces import actions
from identidad.enlaces.actions import EnlaceAcunado
from identidad.enlaces.schemas import EnlaceAcunadoSchema
from oficina.web.app import env
from oficina.web.auth import actor, guard, requires
from oficina.web.blueprint import Blueprint
from oficina.web.idempotency import withheld

bp = Blueprint(
    "enlaces",
    __name__,
    url_prefix="/identidad/api/v1/enlaces",
    description="Invitaciones y claves olvidadas",
)


@bp.post("/<uuid:enlace_id>")
@bp.response(200, EnlaceAcunadoSchema)
@requires("identidad.enlace.acunar")
@withheld("url")
def acunar(enlace_id: UUID) -> EnlaceAcunado:
    """Acuñar el enlace cuyo correo se escribe en este momento"""
    base = env().settings.base_url
    with env().db.begin() as session:
        return actions.acunar(session, enlace_id, base, actor(), guard().reloj())
