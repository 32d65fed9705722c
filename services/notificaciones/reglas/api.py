"""JSON of the rules of reminders."""

from collections.abc import Sequence

from notificaciones.reglas import actions, coherencia, ejemplos, espera, queries
from notificaciones.reglas.calculo import Recordatorio
from notificaciones.reglas.ejemplos import Ejemplo
from notificaciones.reglas.models import VersionDeRegla
from notificaciones.reglas.queries import ReglaVigente
from notificaciones.reglas.schemas import (
    EjemploSchema,
    EsperaSchema,
    MovidosSchema,
    ReglaEnteraSchema,
    ReglaSchema,
    VersionSchema,
)
from oficina.clock import now
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint(
    "reglas",
    __name__,
    url_prefix="/notificaciones/api/v1/reglas",
    description="Reglas de los recordatorios de citas",
)

ConEtiqueta = tuple[ReglaVigente, int, dict[str, str]]


@bp.get("")
@bp.response(200, ReglaEnteraSchema(many=True))
@requires("notificaciones.regla.ver")
def reglas() -> Sequence[ReglaVigente]:
    """Reglas de recordatorios, primero las encendidas"""
    with env().db.read() as session:
        return queries.reglas_de_cita(session)


@bp.post("")
@bp.arguments(ReglaSchema)
@bp.response(201, ReglaEnteraSchema)
@requires("notificaciones.regla.escribir")
def crear(dice: Recordatorio) -> ConEtiqueta:
    """Escribir una regla; vale para las citas que se agenden desde entonces"""
    with env().db.begin() as session:
        una = actions.crear(session, dice, actor())
    return una, 201, etag_of(una.regla)


@bp.post("/ejemplos")
@bp.arguments(ReglaSchema)
@bp.response(200, EjemploSchema(many=True))
@requires("notificaciones.regla.ver")
def prever(dice: Recordatorio) -> Sequence[Ejemplo]:
    """Qué haría una regla en el calendario, sin guardarla"""
    coherencia.exigir_coherente(dice, ())
    return ejemplos.ejemplos(dice, now())


@bp.get("/<string:clave>")
@bp.response(200, ReglaEnteraSchema)
@requires("notificaciones.regla.ver")
@versioned
def regla(clave: str) -> ConEtiqueta:
    """Una regla"""
    with env().db.read() as session:
        una = queries.regla_por_clave(session, clave)
    return una, 200, etag_of(una.regla)


@bp.get("/<string:clave>/versiones")
@bp.response(200, VersionSchema(many=True))
@requires("notificaciones.regla.ver")
def versiones(clave: str) -> Sequence[VersionDeRegla]:
    """Todo lo que una regla ha dicho, primero lo último"""
    with env().db.read() as session:
        return queries.versiones(session, queries.regla_por_clave(session, clave).regla)


@bp.put("/<string:clave>")
@bp.arguments(ReglaSchema)
@bp.response(200, ReglaEnteraSchema)
@requires("notificaciones.regla.escribir")
@versioned
def cambiar(dice: Recordatorio, clave: str) -> ConEtiqueta:
    """Cambiar una regla; vale para las citas que se agenden desde entonces"""
    with env().db.begin() as session:
        una = actions.cambiar(session, clave, dice, actor())
    return una, 200, etag_of(una.regla)


@bp.post("/<string:clave>/encendido")
@bp.response(200, ReglaEnteraSchema)
@requires("notificaciones.regla.escribir")
@versioned
def encender(clave: str) -> ConEtiqueta:
    """Encender una regla"""
    with env().db.begin() as session:
        una = actions.encender(session, clave, actor())
    return una, 200, etag_of(una.regla)


@bp.post("/<string:clave>/apagado")
@bp.response(200, ReglaEnteraSchema)
@requires("notificaciones.regla.escribir")
@versioned
def apagar(clave: str) -> ConEtiqueta:
    """Apagar una regla; lo que espera por ella sale igual, mientras no se retire"""
    with env().db.begin() as session:
        una = actions.apagar(session, clave, actor())
    return una, 200, etag_of(una.regla)


@bp.get("/<string:clave>/espera")
@bp.response(200, EsperaSchema)
@requires("notificaciones.regla.ver")
def en_espera(clave: str) -> espera.Espera:
    """Cuántos mensajes esperan según lo que la regla decía antes"""
    with env().db.read() as session:
        return espera.prever(session, queries.regla_por_clave(session, clave), now())


@bp.post("/<string:clave>/espera")
@bp.response(200, MovidosSchema)
@requires("notificaciones.regla.escribir")
def mover(clave: str) -> dict[str, int]:
    """Dar a lo que espera la hora que la regla dice hoy"""
    return {"mensajes": espera.mover(env().db, clave, actor(), now())}


@bp.post("/<string:clave>/retiro")
@bp.response(200, MovidosSchema)
@requires("notificaciones.regla.escribir")
def retirar(clave: str) -> dict[str, int]:
    """Cancelar lo que espera por una regla apagada"""
    return {"mensajes": espera.retirar(env().db, clave, actor())}
