"""Entrance: JSON of the messages."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from notificaciones import supresion
from notificaciones.alcance import exigir, exigir_pedido, mensajes_a_la_vista, visibles
from notificaciones.entrantes.queries import de_persona as respuestas_de_persona
from notificaciones.masivos.queries import de_persona as filas_de_persona
from notificaciones.mensajes import pedidos, queries, relato, repeticion
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.pedidos import Pedido
from notificaciones.mensajes.relato import Hito
from notificaciones.mensajes.schemas import (
    CasosSchema,
    Consulta,
    ConsultaSchema,
    DatosDePersonaSchema,
    HitoSchema,
    MensajeSchema,
    PedidoSchema,
)
from notificaciones.reglas.queries import version_de
from oficina.accesos import TocadoSchema, UsoDeCuenta, UsoDeCuentaSchema, accesos
from oficina.apartadas import VistaPreviaSchema
from oficina.audit import registrar_lectura
from oficina.clock import now
from oficina.errors import NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned
from oficina.web.idempotency import tried_first
from oficina.web.repeats import unrehearsed

bp = Blueprint(
    "mensajes",
    __name__,
    url_prefix="/notificaciones/api/v1/mensajes",
    description="Mensajes de la oficina",
)

personas_bp = Blueprint(
    "personas",
    __name__,
    url_prefix="/notificaciones/api/v1/personas",
    description="Datos de personas",
)


@personas_bp.get("/<uuid:persona_id>/datos")
@personas_bp.response(200, DatosDePersonaSchema)
@requires("notificaciones.persona.copiar")
def datos_de_persona(persona_id: UUID) -> dict[str, Any]:
    """Todo lo que hay de una persona en los mensajes, para su copia; solo para servicios"""
    with env().db.read() as session:
        hallados = queries.de_persona(session, persona_id)
        contestados = respuestas_de_persona(session, persona_id)
        enviados = filas_de_persona(session, persona_id)
        if not hallados and not contestados and not enviados:
            raise NoEncontrado
        cosas = [uno.id for uno in hallados] + [una.id for una in contestados]
        de_ellos = accesos(session, [persona_id, *cosas])
    registrar_lectura(env().db, actor(), "notificaciones.persona.copiar", "persona", persona_id)
    return {
        "mensajes": hallados,
        "respuestas": contestados,
        "envios": [
            {
                "plantilla": envio.plantilla,
                "valores": [f"{nombre}: {dado}" for nombre, dado in fila.dice["valores"].items()],
                "creado_en": envio.creado_en,
            }
            for fila, envio in enviados
        ],
        "accesos": de_ellos,
    }


@personas_bp.get("/<uuid:persona_id>/supresion")
@personas_bp.arguments(CasosSchema, location="query", as_kwargs=True)
@personas_bp.response(200, VistaPreviaSchema)
@requires("notificaciones.persona.suprimir")
def supresion_de_persona(persona_id: UUID, *, caso: list[UUID]) -> dict[str, Any]:
    """Cuánto se suprimiría de una persona y de sus casos; solo para servicios"""
    with env().db.read() as session:
        contado = supresion.contar(session, persona_id, caso)
    if not any(contado.values()):
        raise NoEncontrado
    registrar_lectura(
        env().db, actor(), "notificaciones.persona.prever_supresion", "persona", persona_id
    )
    return {"borrado": contado}


@personas_bp.get("/alcanzadas")
@personas_bp.arguments(UsoDeCuentaSchema, location="query")
@personas_bp.response(200, TocadoSchema)
@requires("notificaciones.persona.alcanzar")
def alcanzadas(uso: UsoDeCuenta) -> dict[str, Any]:
    """De quiénes son los mensajes que una cuenta leyó o cambió; solo para servicios"""
    with env().db.read() as session:
        ids, listas = queries.alcanzadas(session, uso), uso.listas(session)
    registrar_lectura(
        env().db, actor(), "notificaciones.persona.alcanzar", "persona", None, cantidad=len(ids)
    )
    return {"ids": ids, "listas": listas}


@bp.get("")
@bp.arguments(ConsultaSchema, location="query")
@bp.response(200, MensajeSchema(many=True))
@requires("notificaciones.mensaje.ver")
def mensajes(consulta: Consulta) -> Sequence[Mensaje]:
    """Mensajes, primero los que salen más tarde (a lo más 100)"""
    filtro = consulta.filtro(visibles())
    hallados = mensajes_a_la_vista(env(), filtro, actor())
    registrar_lectura(
        env().db,
        actor(),
        "notificaciones.mensaje.listar",
        "mensaje",
        None,
        cantidad=len(hallados),
    )
    return hallados


@bp.post("")
@bp.arguments(PedidoSchema())
@bp.response(201, MensajeSchema)
@bp.alt_response(200, schema=MensajeSchema, description="Ya se había pedido con esa clave")
@requires("notificaciones.mensaje.pedir")
@unrehearsed
@tried_first
def pedir(pedido: Pedido) -> tuple[Mensaje, int, dict[str, str]]:
    """Pedir un mensaje a una persona de la oficina o, quien puede, a una dirección"""
    aqui, ahora = env(), now()
    exigir_pedido(aqui, pedido)
    encargo = pedidos.revisar_pedido(aqui, pedido, ahora)
    with aqui.db.begin() as session:
        uno, nuevo = pedidos.pedir(session, encargo, actor(), ahora)
    if not nuevo:
        exigir(aqui, uno, actor())
        registrar_lectura(aqui.db, actor(), "notificaciones.mensaje.ver", "mensaje", uno.id)
    return uno, 201 if nuevo else 200, etag_of(uno)


@bp.get("/<uuid:mensaje_id>/relato")
@bp.response(200, HitoSchema(many=True))
@requires("notificaciones.mensaje.ver")
def historia(mensaje_id: UUID) -> Sequence[Hito]:
    """Por qué llegó o no, en palabras y en orden"""
    with env().db.read() as session:
        uno = queries.mensaje_por_id(session, mensaje_id, visibles=visibles())
        pasos = queries.historia(session, uno)
        version = version_de(session, uno.regla, uno.regla_version)
    exigir(env(), uno, actor())
    registrar_lectura(env().db, actor(), "notificaciones.mensaje.ver", "mensaje", mensaje_id)
    return relato.relato(uno, pasos, version)


@bp.post("/<uuid:mensaje_id>/repeticion")
@bp.response(201, MensajeSchema)
@requires("notificaciones.mensaje.repetir")
@versioned
def repetir(mensaje_id: UUID) -> tuple[Mensaje, int, dict[str, str]]:
    """Pedir otra vez lo que no salió; dos veces es una"""
    with env().db.read() as session:
        hallado = queries.mensaje_por_id(session, mensaje_id, visibles=visibles())
    exigir(env(), hallado, actor())
    with env().db.begin() as session:
        otra = repeticion.repetir(session, mensaje_id, actor(), now())
    return otra, 201, etag_of(otra)


@bp.post("/<uuid:mensaje_id>/cancelacion")
@bp.response(200, MensajeSchema)
@requires("notificaciones.mensaje.pedir")
@versioned
def cancelar(mensaje_id: UUID) -> tuple[Mensaje, int, dict[str, str]]:
    """Cancelar un mensaje pedido, mientras espera"""
    with env().db.read() as session:
        hallado = queries.mensaje_por_id(session, mensaje_id, visibles=visibles())
    exigir(env(), hallado, actor())
    with env().db.begin() as session:
        uno = pedidos.cancelar(session, mensaje_id, actor(), None)
    return uno, 200, etag_of(uno)


@bp.get("/<uuid:mensaje_id>")
@bp.response(200, MensajeSchema)
@requires("notificaciones.mensaje.ver")
@versioned
def mensaje(mensaje_id: UUID) -> tuple[Mensaje, int, dict[str, str]]:
    """Un mensaje"""
    with env().db.read() as session:
        hallado = queries.mensaje_por_id(session, mensaje_id, visibles=visibles())
    exigir(env(), hallado, actor())
    registrar_lectura(env().db, actor(), "notificaciones.mensaje.ver", "mensaje", mensaje_id)
    return hallado, 200, etag_of(hallado)
