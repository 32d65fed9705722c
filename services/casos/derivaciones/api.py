"""Entrance: derivations, as JSON."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from casos.accesos.lectura import registrar_lectura_de_caso
from casos.alcance import Alcance
from casos.confirmaciones.actions import Pregunta, pregunta_de
from casos.derivaciones import actions, queries, relojes
from casos.derivaciones.models import Derivacion
from casos.derivaciones.respuestas import DE_LA_PERSONA, Procedencia, Respuesta, registrada
from casos.derivaciones.schemas import (
    AnulacionSchema,
    ConfirmacionSchema,
    DatosRespuesta,
    DerivacionesSchema,
    DerivacionSchema,
    EnlaceNuevoSchema,
    FiltroDeOpcionesSchema,
    FiltroSchema,
    ListaDeDerivacionesSchema,
    NuevaDerivacionSchema,
    OpcionesSchema,
    PedidoDerivacion,
    PedidoDerivacionSchema,
    PreguntaAPersonaSchema,
    RespuestaRegistradaSchema,
    SeguimientoDeDerivacionSchema,
    VerificacionSchema,
)
from casos.derivaciones.states import Accion, Estado, MotivoAnulacion
from casos.derivaciones.sugerencias import sugerencias
from casos.enlaces.actions import EnlaceNuevo, crear, pedir_otro
from casos.expedientes.queries import caso_por_id, solo_para
from casos.listas.derivaciones import (
    DERIVACIONES,
    FiltroDerivaciones,
    FiltroDerivacionesSchema,
)
from casos.listas.vistas import POR_PEDIDO, leer
from casos.plazos.queries import plazos_de_derivacion
from casos.plazos.schemas import PlazosDeDerivacionSchema
from casos.red.queries import servicio_por_id
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import check_version, etag_of, versioned
from oficina.web.idempotency import withheld

bp = Blueprint("derivaciones", __name__, url_prefix="/casos/api/v1/derivaciones")

Answer = tuple[Derivacion, int, dict[str, str]]

REGISTRABLES = 'any(recibir, aceptar, rechazar, espera, curso, cumplir, "no-lograda")'


@bp.get("")
@bp.arguments(FiltroSchema, location="query", as_kwargs=True)
@bp.response(200, DerivacionesSchema)
@requires("casos.derivacion.ver")
def derivaciones(caso_id: UUID) -> dict[str, list[Derivacion]]:
    """Derivaciones de un caso"""
    with env().db.read() as session:
        caso = caso_por_id(session, caso_id, Alcance.de(actor()))
        found = list(queries.de_caso(session, caso))
    registrar_lectura_de_caso(
        env().db,
        actor(),
        "casos.derivacion.listar",
        "caso",
        caso_id,
        caso_id=caso_id,
        cantidad=len(found),
    )
    return {"derivaciones": found}


@bp.get("/lista")
@bp.arguments(FiltroDerivacionesSchema, location="query")
@bp.response(200, ListaDeDerivacionesSchema)
@requires("casos.derivacion.ver")
def lista(filtro: FiltroDerivaciones) -> dict[str, Any]:
    """Derivaciones de los casos propios: si no se piden otras, las que esperan a la institución"""
    pagina = leer(DERIVACIONES, filtro, cuantas=POR_PEDIDO)
    return {
        "derivaciones": [fila.derivacion for fila in pagina.filas],
        "total": pagina.total,
        "despues": pagina.despues,
    }


@bp.get("/opciones")
@bp.arguments(FiltroDeOpcionesSchema, location="query", as_kwargs=True)
@bp.response(200, OpcionesSchema)
@requires("casos.derivacion.crear")
def opciones(caso_id: UUID, servicio_id: UUID | None) -> dict[str, Any]:
    """Datos de la persona que se pueden elegir, y qué saber del servicio antes de derivar a él"""
    with env().db.read() as session:
        alcance = Alcance.de(actor())
        caso = caso_por_id(session, caso_id, alcance)
        _persona, _pauta, datos = queries.datos_de_persona(session, caso.persona_id, alcance)
        ofrecido = {}
        if servicio_id is not None:
            servicio = servicio_por_id(session, servicio_id)
            hallado = sugerencias(session, caso, servicio, clock.today())
            ofrecido = {"avisos": hallado.avisos, "alternativas": hallado.alternativas}
    registrar_lectura_de_caso(
        env().db, actor(), "casos.derivacion.opciones", "caso", caso_id, caso_id=caso_id
    )
    return {"datos": datos, **ofrecido}


@bp.post("")
@bp.arguments(PedidoDerivacionSchema)
@bp.response(201, DerivacionSchema)
@requires("casos.derivacion.crear")
def crear_derivacion(pedido: PedidoDerivacion) -> Answer:
    """Preparar una derivación, y enviarla si ya se confirmó lo que se compartirá"""
    ahora = clock.now()
    with env().db.begin() as session:
        made = actions.preparar(session, pedido.caso_id, pedido.nueva, actor(), ahora)
        if pedido.confirmada:
            actions.enviar(session, made.id, actor(), ahora)
    return _answer(made.id, 201)


@bp.get("/<uuid:derivacion_id>")
@bp.response(200, DerivacionSchema)
@requires("casos.derivacion.ver")
@versioned
def derivacion(derivacion_id: UUID) -> Answer:
    """Una derivación con lo que se compartió y sus respuestas"""
    answer = _answer(derivacion_id)
    registrar_lectura_de_caso(
        env().db,
        actor(),
        "casos.derivacion.ver",
        "derivacion",
        derivacion_id,
        caso_id=answer[0].caso_id,
    )
    return answer


@bp.get("/<uuid:derivacion_id>/plazos")
@bp.response(200, PlazosDeDerivacionSchema)
@requires("casos.derivacion.ver")
def plazos(derivacion_id: UUID) -> dict[str, Any]:
    """Plazos de una derivación y quién dice cuánto duran; de un borrador, los que empezarían"""
    with env().db.read() as session:
        found = queries.derivacion_por_id(session, derivacion_id, Alcance.de(actor()))
        previstos = found.estado is Estado.BORRADOR
        hallados = (
            relojes.por_empezar(session, found, clock.now())
            if previstos
            else plazos_de_derivacion(session, derivacion_id)
        )
    registrar_lectura_de_caso(
        env().db,
        actor(),
        "casos.derivacion.ver",
        "derivacion",
        derivacion_id,
        caso_id=found.caso_id,
    )
    return {"plazos": hallados, "previstos": previstos}


@bp.get("/<uuid:derivacion_id>/seguimiento")
@bp.response(200, SeguimientoDeDerivacionSchema)
@requires("casos.derivacion.seguir")
def seguimiento(derivacion_id: UUID) -> dict[str, Any]:
    """Cómo va una derivación, si espera una decisión y quién responde; solo para servicios"""
    with env().db.read() as session:
        found = queries.seguimiento(session, derivacion_id)
        solo = solo_para(session, found.caso_id)
    registrar_lectura(env().db, actor(), "casos.derivacion.ver", "derivacion", derivacion_id)
    return asdict(found) | {"solo": solo}


@bp.get("/<uuid:derivacion_id>/confirmacion")
@bp.response(200, PreguntaAPersonaSchema)
@requires("casos.derivacion.seguir")
def confirmacion(derivacion_id: UUID) -> Pregunta:
    """Qué se pregunta a la persona de una derivación cumplida, y dónde; solo para servicios"""
    with env().db.read() as session:
        pregunta = pregunta_de(session, derivacion_id, env().settings.base_url)
    registrar_lectura(env().db, actor(), "casos.derivacion.ver", "derivacion", derivacion_id)
    return pregunta


@bp.post("/<uuid:derivacion_id>/enviar")
@bp.arguments(ConfirmacionSchema)
@bp.response(200, DerivacionSchema)
@requires("casos.derivacion.crear")
@versioned
def enviar(datos: dict[str, str | None], derivacion_id: UUID) -> Answer:
    """Enviar un borrador, si lo que se comparte es lo que se mostró"""
    with env().db.begin() as session:
        _check(session, derivacion_id)
        actions.enviar(session, derivacion_id, actor(), clock.now(), vista=datos["vista"])
    return _answer(derivacion_id)


@bp.post(f"/<uuid:derivacion_id>/<{REGISTRABLES}:accion>")
@bp.arguments(RespuestaRegistradaSchema)
@bp.response(200, DerivacionSchema)
@requires("casos.derivacion.responder")
@versioned
def registrar_respuesta(datos: DatosRespuesta, derivacion_id: UUID, accion: str) -> Answer:
    """Registrar una respuesta de la institución o lo que contó la persona"""
    if datos.canal is None:
        raise NoEncontrado
    return _responder(
        derivacion_id, Accion(accion), datos, registrada(datos.canal, datos.quien, datos.cuando)
    )


@bp.post("/<uuid:derivacion_id>/verificar")
@bp.arguments(VerificacionSchema)
@bp.response(200, DerivacionSchema)
@requires("casos.derivacion.responder")
@versioned
def verificar(datos: dict[str, Any], derivacion_id: UUID) -> Answer:
    """La persona confirma que se cumplió"""
    dicho = DatosRespuesta(None, datos["texto"])
    return _responder(derivacion_id, Accion.VERIFICAR, dicho, DE_LA_PERSONA)


@bp.post("/<uuid:derivacion_id>/disputar")
@bp.arguments(VerificacionSchema)
@bp.response(200, DerivacionSchema)
@requires("casos.derivacion.responder")
@versioned
def disputar(datos: dict[str, Any], derivacion_id: UUID) -> Answer:
    """La persona dice que no fue así"""
    dicho = DatosRespuesta(None, datos["texto"])
    return _responder(derivacion_id, Accion.DISPUTAR, dicho, DE_LA_PERSONA)


@bp.post("/<uuid:derivacion_id>/anular")
@bp.arguments(AnulacionSchema)
@bp.response(200, DerivacionSchema)
@requires("casos.derivacion.crear")
@versioned
def anular(datos: dict[str, MotivoAnulacion], derivacion_id: UUID) -> Answer:
    """Anular una derivación"""
    with env().db.begin() as session:
        _check(session, derivacion_id)
        actions.anular(session, derivacion_id, datos["motivo"], actor(), clock.now())
    return _answer(derivacion_id)


@bp.post("/<uuid:derivacion_id>/reencaminar")
@bp.arguments(NuevaDerivacionSchema(exclude=("reemplaza_a",)))
@bp.response(201, DerivacionSchema)
@requires("casos.derivacion.crear")
def reencaminar(nueva: actions.NuevaDerivacion, derivacion_id: UUID) -> Answer:
    """Preparar otra derivación en lugar de una que no resultó"""
    with env().db.begin() as session:
        made = actions.reencaminar(session, derivacion_id, nueva, actor(), clock.now())
    return _answer(made.id, 201)


@bp.post("/<uuid:derivacion_id>/respuestas/<uuid:respuesta_id>/adopcion")
@bp.response(200, DerivacionSchema)
@requires("casos.derivacion.responder")
@versioned
def adoptar(derivacion_id: UUID, respuesta_id: UUID) -> Answer:
    """Adoptar una respuesta tardía"""
    with env().db.begin() as session:
        _check(session, derivacion_id)
        actions.adoptar(session, derivacion_id, respuesta_id, actor(), clock.now())
    return _answer(derivacion_id)


@bp.post("/<uuid:derivacion_id>/enlace")
@bp.response(201, EnlaceNuevoSchema)
@requires("casos.derivacion.enlace")
@withheld("url")
def crear_enlace(derivacion_id: UUID) -> dict[str, Any]:
    """Un enlace nuevo para la institución; es la única vez que se conoce su dirección"""
    with env().db.begin() as session:
        made: EnlaceNuevo = crear(session, derivacion_id, env().settings.base_url, actor())
    return {
        "correo": made.derivacion.institucion.correo,
        "institucion": made.derivacion.institucion.nombre,
        "folio": made.derivacion.folio,
        "servicio": made.derivacion.servicio.nombre,
        "url": made.url,
        "vence_en": made.vence_en,
    }


@bp.post("/<uuid:derivacion_id>/otro-enlace")
@bp.response(200, DerivacionSchema)
@requires("casos.derivacion.crear")
def pedir_otro_enlace(derivacion_id: UUID) -> Answer:
    """Enviar otro enlace a la institución"""
    with env().db.begin() as session:
        pedir_otro(session, derivacion_id, actor(), clock.now())
    return _answer(derivacion_id)


def _responder(
    derivacion_id: UUID, accion: Accion, datos: DatosRespuesta, procedencia: Procedencia
) -> Answer:
    respuesta = Respuesta(accion=accion, motivo=datos.motivo, texto=datos.texto)
    with env().db.begin() as session:
        _check(session, derivacion_id)
        actions.responder(
            session, derivacion_id, respuesta, actor(), clock.now(), procedencia=procedencia
        )
    return _answer(derivacion_id)


def _check(session: Session, derivacion_id: UUID) -> None:
    """Raise VersionVencida unless the request's If-Match is the present version."""
    found = queries.derivacion_por_id(session, derivacion_id, Alcance.de(actor()), bloquear=True)
    check_version(found, None)


def _answer(derivacion_id: UUID, status: int = 200) -> Answer:
    with env().db.read() as session:
        found = queries.con_respuestas(session, derivacion_id, Alcance.de(actor()))
    return found, status, etag_of(found)
