"""JSON of subscriptions, and the feed for a unit's program."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response

from notificaciones.suscripciones import actions, feed, queries, reparto
from notificaciones.suscripciones.actions import NuevaSuscripcion, mirar_destino, mirar_via
from notificaciones.suscripciones.colas.credenciales import credenciales
from notificaciones.suscripciones.colas.models import Cola
from notificaciones.suscripciones.models import Suscripcion
from notificaciones.suscripciones.queries import Pagina
from notificaciones.suscripciones.resumenes import actions as resumenes
from notificaciones.suscripciones.schemas import (
    ConSecretoSchema,
    EdicionSchema,
    EntregaConIntentosSchema,
    EntregaSchema,
    EntregasSchema,
    NuevaSchema,
    PaginaSchema,
    PruebaSchema,
    RepeticionDeEntregasSchema,
    SuscripcionSchema,
)
from notificaciones.suscripciones.states import Via
from notificaciones.suscripciones.unidades import elegir, exigir_que_dirija
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned
from oficina.web.idempotency import withheld
from oficina.web.repeats import unrehearsed

bp = Blueprint(
    "suscripciones",
    __name__,
    url_prefix="/notificaciones/api/v1/suscripciones",
    description="Suscripciones de unidades a lo que les concierne",
)

ConEtiqueta = tuple[Any, dict[str, str]]


@bp.get("")
@bp.response(200, SuscripcionSchema(many=True))
@requires("notificaciones.suscripcion.ver")
def suscripciones() -> Sequence[dict[str, Any]]:
    """Suscripciones de la unidad de quien pregunta; quien administra ve todas"""
    with env().db.read() as session:
        todas = queries.suscripciones(session, actor())
        colas = queries.colas(session, [una.id for una in todas])
    return [_shown(una, colas.get(una.id)) for una in todas]


@bp.post("")
@bp.arguments(NuevaSchema)
@bp.response(201, ConSecretoSchema)
@requires("notificaciones.suscripcion.administrar")
@withheld("secreto")
@unrehearsed
def crear(datos: dict[str, Any]) -> ConEtiqueta:
    """Suscribir una unidad; su secreto se dice solo esta vez. Un resumen por correo no lo tiene"""
    nueva = NuevaSuscripcion(
        unidad=elegir(env(), datos["unidad"], actor()), via=datos["via"], pedido=datos["pedido"]
    )
    exigir_que_dirija(env(), actor(), nueva.unidad)
    al = mirar_via(env().settings, nueva.via, datos["url"])
    with env().db.begin() as session:
        una, secreto = actions.crear(session, nueva, actor(), url=datos["url"], al=al)
    return _answer(una.id, secreto=_told(una, secreto))


@bp.get("/<uuid:suscripcion_id>")
@bp.response(200, SuscripcionSchema)
@requires("notificaciones.suscripcion.ver")
@versioned
def suscripcion(suscripcion_id: UUID) -> ConEtiqueta:
    """Una suscripción"""
    return _answer(suscripcion_id)


@bp.put("/<uuid:suscripcion_id>")
@bp.arguments(EdicionSchema(exclude=("version",)))
@bp.response(200, SuscripcionSchema)
@requires("notificaciones.suscripcion.administrar")
@versioned
def editar(datos: dict[str, Any], suscripcion_id: UUID) -> ConEtiqueta:
    """Cambiar qué recibe, para qué o dónde"""
    with env().db.read() as session:
        una = queries.suscripcion(session, suscripcion_id, actor())
    exigir_que_dirija(env(), actor(), una.unidad)
    al = mirar_via(env().settings, una.via, datos["url"])
    with env().db.begin() as session:
        actions.editar(session, suscripcion_id, datos["pedido"], actor(), url=datos["url"], al=al)
    return _answer(suscripcion_id)


@bp.post("/<uuid:suscripcion_id>/pausa")
@bp.response(200, SuscripcionSchema)
@requires("notificaciones.suscripcion.administrar")
@versioned
def pausar(suscripcion_id: UUID) -> ConEtiqueta:
    """Pausar: lo que pasa la espera"""
    with env().db.begin() as session:
        actions.pausar(session, suscripcion_id, actor())
    return _answer(suscripcion_id)


@bp.post("/<uuid:suscripcion_id>/reanudacion")
@bp.response(200, SuscripcionSchema)
@requires("notificaciones.suscripcion.administrar")
@versioned
def reanudar(suscripcion_id: UUID) -> ConEtiqueta:
    """Reanudar una suscripción en pausa o desactivada"""
    with env().db.begin() as session:
        actions.reanudar(session, suscripcion_id, actor())
    return _answer(suscripcion_id)


@bp.post("/<uuid:suscripcion_id>/secreto")
@bp.response(201, ConSecretoSchema)
@requires("notificaciones.suscripcion.administrar")
@versioned
@withheld("secreto")
@unrehearsed
def rotar(suscripcion_id: UUID) -> ConEtiqueta:
    """Darle otro secreto, que se dice solo esta vez; el anterior firma un día más"""
    with env().db.read() as session:
        una = queries.suscripcion(session, suscripcion_id, actor())
    exigir_que_dirija(env(), actor(), una.unidad)
    with env().db.begin() as session:
        una, secreto = actions.rotar(session, suscripcion_id, actor())
    return _answer(suscripcion_id, secreto=_told(una, secreto))


@bp.post("/<uuid:suscripcion_id>/confirmacion")
@bp.response(202, SuscripcionSchema)
@requires("notificaciones.suscripcion.administrar")
@versioned
def pedir_enlace(suscripcion_id: UUID) -> ConEtiqueta:
    """Enviar otro enlace al correo que recibe el resumen; el anterior deja de servir"""
    with env().db.begin() as session:
        resumenes.pedir_otro_enlace(session, suscripcion_id, actor())
    return _answer(suscripcion_id)


@bp.post("/<uuid:suscripcion_id>/prueba")
@bp.arguments(PruebaSchema)
@bp.response(202, EntregaSchema)
@requires("notificaciones.suscripcion.administrar")
@unrehearsed
def probar(datos: dict[str, Any], suscripcion_id: UUID) -> Any:
    """Entregarle un hecho inventado, marcado como prueba"""
    with env().db.read() as session:
        una = queries.suscripcion(session, suscripcion_id, actor())
    if una.via is Via.WEBHOOK:
        mirar_destino(env().settings, una.url)
    with env().db.begin() as session:
        entrega_id = actions.probar(session, suscripcion_id, actor(), datos["tipo"])
    with env().db.read() as session:
        return queries.entrega(session, suscripcion_id, entrega_id)


@bp.post("/<uuid:suscripcion_id>/repeticion")
@bp.arguments(RepeticionDeEntregasSchema)
@bp.response(202, SuscripcionSchema)
@requires("notificaciones.suscripcion.administrar")
def repetir(datos: dict[str, Any], suscripcion_id: UUID) -> ConEtiqueta:
    """Entregarle otra vez lo que pasó desde un momento, sin ir más atrás de cuando se suscribió"""
    with env().db.begin() as session:
        reparto.repetir(session, suscripcion_id, datos["desde"], actor())
    return _answer(suscripcion_id)


@bp.post("/<uuid:suscripcion_id>/cierre")
@bp.response(200, SuscripcionSchema)
@requires("notificaciones.suscripcion.administrar")
def cerrar(suscripcion_id: UUID) -> ConEtiqueta:
    """Cerrarla; no se deshace"""
    with env().db.begin() as session:
        actions.cerrar(session, suscripcion_id, actor())
    return _answer(suscripcion_id)


@bp.get("/<uuid:suscripcion_id>/entregas")
@bp.arguments(PaginaSchema, location="query")
@bp.response(200, EntregasSchema)
@requires("notificaciones.suscripcion.ver")
def entregas(consulta: dict[str, Any], suscripcion_id: UUID) -> Pagina:
    """Lo que se le entregó o se le va a entregar, lo más nuevo primero"""
    with env().db.read() as session:
        una = queries.suscripcion(session, suscripcion_id, actor())
        return queries.entregas(session, una.id, consulta["antes"])


@bp.get("/<uuid:suscripcion_id>/entregas/<uuid:entrega_id>")
@bp.response(200, EntregaConIntentosSchema)
@requires("notificaciones.suscripcion.ver")
def entrega(suscripcion_id: UUID, entrega_id: UUID) -> dict[str, Any]:
    """Una entrega con cada intento"""
    with env().db.read() as session:
        una = queries.suscripcion(session, suscripcion_id, actor())
        hallada = queries.entrega(session, una.id, entrega_id)
        intentos = queries.intentos(session, entrega_id)
    shown = {name: getattr(hallada, name) for name in EntregaSchema().fields}
    return shown | {"lista_de_intentos": intentos}


@bp.get("/<uuid:suscripcion_id>/atom")
@bp.arguments(PaginaSchema, location="query")
@bp.response(200, content_type="application/atom+xml")
@requires("notificaciones.suscripcion.leer")
def atom(consulta: dict[str, Any], suscripcion_id: UUID) -> Response:
    """El canal de una suscripción, para un programa de la unidad"""
    with env().db.read() as session:
        una = queries.feed_de_unidad(session, suscripcion_id, actor())
    direccion = f"{env().settings.base_url}{bp.url_prefix}/{suscripcion_id}/atom"
    return feed.responder(env(), una, consulta["antes"], direccion, actor())


def _told(una: Suscripcion, secreto: str) -> str:
    if una.via is not Via.COLA:
        return secreto
    return credenciales(env().settings, una.destino, secreto).direccion


def _answer(suscripcion_id: UUID, **also: str) -> ConEtiqueta:
    with env().db.read() as session:
        una = queries.suscripcion(session, suscripcion_id, actor())
        cola = queries.cola(session, suscripcion_id)
    return _shown(una, cola) | also, etag_of(una)


def _shown(una: Suscripcion, cola: Cola | None) -> dict[str, Any]:
    own = SuscripcionSchema().fields.keys() - {"estado_de_cola"}
    return {name: getattr(una, name) for name in own} | {"estado_de_cola": cola}
