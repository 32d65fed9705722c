"""Entrance: letters, as JSON."""

from uuid import UUID

from casos.accesos.lectura import registrar_lectura_de_caso
from casos.alcance import Alcance
from casos.derivaciones.queries import derivacion_por_id
from casos.oficios import actions
from casos.oficios.actions import Impresion
from casos.oficios.models import Oficio
from casos.oficios.queries import oficio_de
from casos.oficios.schemas import DocDigitalSchema, ImpresionSchema, OficioSchema
from oficina import clock
from oficina.errors import NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.idempotency import withheld

bp = Blueprint("oficios", __name__, url_prefix="/casos/api/v1/derivaciones")


@bp.get("/<uuid:derivacion_id>/oficio")
@bp.response(200, OficioSchema)
@requires("casos.derivacion.ver")
def oficio(derivacion_id: UUID) -> Oficio:
    """El oficio de una derivación, si se imprimió"""
    with env().db.read() as session:
        derivacion = derivacion_por_id(session, derivacion_id, Alcance.de(actor()))
        found = oficio_de(session, derivacion_id)
    if found is None:
        raise NoEncontrado
    registrar_lectura_de_caso(
        env().db,
        actor(),
        "casos.derivacion.ver",
        "derivacion",
        derivacion_id,
        caso_id=derivacion.caso_id,
    )
    return found


@bp.post("/<uuid:derivacion_id>/oficio")
@bp.response(201, ImpresionSchema)
@requires("casos.derivacion.crear")
@withheld("url", "clave")
def imprimir(derivacion_id: UUID) -> Impresion:
    """Imprimir el oficio: su enlace y su clave solo se conocen ahora"""
    with env().db.begin() as session:
        return actions.imprimir(
            session, derivacion_id, env().settings.base_url, actor(), clock.now()
        )


@bp.post("/<uuid:derivacion_id>/oficio/docdigital")
@bp.arguments(DocDigitalSchema)
@bp.response(200, OficioSchema)
@requires("casos.derivacion.crear")
def docdigital(datos: dict[str, str], derivacion_id: UUID) -> Oficio:
    """Anotar con qué número salió el oficio por DocDigital"""
    with env().db.begin() as session:
        return actions.anotar_docdigital(session, derivacion_id, datos["docdigital"], actor())
