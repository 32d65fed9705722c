"""Entrance: a service's bus as JSON, the same addresses in every service.

For operators: what waits, what failed and why; try again, skip, run once more. For the services:
what this one told, in pages, so that one that is to hear it again takes it from here.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from oficina.bus import admin, replay
from oficina.bus.admin import EventoAbierto, Orden
from oficina.bus.inbox import Handlers
from oficina.bus.replay import Fuente, Pagina, Tramo, Vuelta
from oficina.errors import Conflicto, NoEncontrado
from oficina.events import Evento, catalogo
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.bus.schemas import (
    CuantosSchema,
    CuentaAjenaSchema,
    CuentaConsultaSchema,
    DetencionSchema,
    EnviadosConsultaSchema,
    EnviadosPorTipoSchema,
    EnviadosSchema,
    EventoAbiertoSchema,
    EventosConsultaSchema,
    PanoramaSchema,
    ReintentoDeUnoSchema,
    ReintentoSchema,
    Repeticion,
    RepeticionSchema,
    SaltoSchema,
    VueltaSchema,
)


def bus_api(handlers: Handlers) -> Blueprint:
    """The addresses of the bus of the service whose handlers these are."""
    servicio = handlers.consumidor
    bp = Blueprint(
        "bus",
        __name__,
        url_prefix=f"/{servicio}/api/v1/bus",
        description="Hechos que esperan, que fallaron o que se hacen otra vez",
    )
    _add_looks(bp, servicio)
    _add_actions(bp, servicio)
    _add_replays(bp, handlers)
    _add_told(bp, servicio)
    return bp


def _add_looks(bp: Blueprint, servicio: str) -> None:
    @bp.get("")
    @bp.arguments(EventosConsultaSchema, location="query")
    @bp.response(200, PanoramaSchema)
    @requires(f"{servicio}.bus.ver")
    def panorama(consulta: dict[str, Any]) -> dict[str, Any]:
        """Lo que espera, se reintenta o está detenido, y por qué"""
        db = env().db
        eventos = admin.listar(db, **consulta)
        is_whole = len(eventos) == consulta["limite"]
        return {
            "servicio": servicio,
            "resumen": admin.resumen(db),
            "fallidos": admin.fallidos_por_tipo(db),
            "eventos": eventos,
            "siguiente": eventos[-1].fila if is_whole else None,
        }

    @bp.get("/eventos/<uuid:evento_id>")
    @bp.response(200, EventoAbiertoSchema)
    @requires(f"{servicio}.bus.ver")
    def evento(evento_id: UUID) -> EventoAbierto:
        """Un hecho con su error y, si no es reservado, los identificadores de sus datos"""
        found = admin.abrir(env().db, evento_id)
        if found is None:
            raise NoEncontrado
        return found


def _add_actions(bp: Blueprint, servicio: str) -> None:
    @bp.post("/eventos/<uuid:evento_id>/reintentar")
    @bp.arguments(ReintentoDeUnoSchema)
    @bp.response(200, CuantosSchema)
    @requires(f"{servicio}.bus.operar")
    def reintentar(pedido: dict[str, Any], evento_id: UUID) -> dict[str, int]:
        """Intentar ahora un hecho que falló"""
        return _done(admin.reintentar(env().db, _orden(pedido["nota"]), evento_id=evento_id))

    @bp.post("/eventos/<uuid:evento_id>/saltar")
    @bp.arguments(SaltoSchema)
    @bp.response(200, CuantosSchema)
    @requires(f"{servicio}.bus.operar")
    def saltar(pedido: dict[str, Any], evento_id: UUID) -> dict[str, int]:
        """Dejar un hecho sin hacer, para que sigan los que esperan detrás de él"""
        return _done(admin.saltar(env().db, _orden(pedido["nota"]), evento_id))

    @bp.post("/eventos/<uuid:evento_id>/detener")
    @bp.arguments(DetencionSchema)
    @bp.response(200, CuantosSchema)
    @requires(f"{servicio}.bus.operar")
    def detener(pedido: dict[str, Any], evento_id: UUID) -> dict[str, int]:
        """Detener un hecho que espera, y con él los que vienen detrás"""
        return _done(admin.detener(env().db, _orden(pedido["nota"]), evento_id))

    @bp.post("/reintentos")
    @bp.arguments(ReintentoSchema)
    @bp.response(200, CuantosSchema)
    @requires(f"{servicio}.bus.operar")
    def reintentos(pedido: dict[str, Any]) -> dict[str, int]:
        """Intentar ahora todos los que fallaron, de un tipo si se pide"""
        orden = _orden(pedido["nota"])
        return {"cuantos": admin.reintentar(env().db, orden, tipo=pedido["tipo"])}


def _add_replays(bp: Blueprint, handlers: Handlers) -> None:
    servicio = handlers.consumidor

    @bp.get("/repeticiones")
    @bp.arguments(CuentaAjenaSchema, location="query")
    @bp.response(200, CuantosSchema)
    @requires(f"{servicio}.bus.ver")
    def contar(pedido: dict[str, Any]) -> dict[str, int]:
        """Cuántos hechos de otro servicio oiría este otra vez"""
        productor = pedido.pop("productor")
        address = f"/{productor}/api/v1/bus/enviados/cuenta"
        told = env().client.get(productor, address, _written(Tramo(**pedido)))
        heard = {kind.tipo for kind in catalogo().values() if _hears(handlers, kind)}
        return {"cuantos": sum(told["por_tipo"].get(tipo, 0) for tipo in heard)}

    @bp.post("/repeticiones")
    @bp.arguments(RepeticionSchema)
    @bp.response(200, VueltaSchema)
    @requires(f"{servicio}.bus.operar")
    def repetir(pedido: Repeticion) -> Vuelta:
        """Hacer otra vez hechos, en el orden de cada cosa; la respuesta dice dónde seguir"""
        db, orden = env().db, _orden(pedido.nota)
        if pedido.productor is None:
            return replay.replay(db, orden, pedido.tramo, pedido.alcance)
        pages = _told_by(pedido.productor, pedido.tramo)
        return replay.traer(pages, db, handlers, orden, pedido.alcance)


def _add_told(bp: Blueprint, servicio: str) -> None:
    @bp.get("/enviados")
    @bp.arguments(EnviadosConsultaSchema, location="query", as_kwargs=False)
    @bp.response(200, EnviadosSchema)
    @requires(f"{servicio}.bus.contar")
    def enviados(pedido: tuple[Tramo, str]) -> Pagina:
        """Los hechos que este servicio contó, para el que deba oírlos otra vez"""
        return replay.enviados(env().db, *pedido)

    @bp.get("/enviados/cuenta")
    @bp.arguments(CuentaConsultaSchema, location="query", as_kwargs=False)
    @bp.response(200, EnviadosPorTipoSchema)
    @requires(f"{servicio}.bus.contar")
    def cuenta(tramo: Tramo) -> dict[str, dict[str, int]]:
        """Cuántos hechos de cada tipo contó este servicio"""
        return {"por_tipo": replay.contar_enviados(env().db, tramo)}


def _hears(handlers: Handlers, kind: type[Evento]) -> bool:
    return bool(handlers.matching(kind.ce_type(), kind.tipo))


def _told_by(productor: str, tramo: Tramo) -> Fuente:
    """The pages of another service, asked in our own name."""

    def pages(despues: str) -> Pagina:
        asked = _written(tramo) | {"despues": despues}
        page = env().client.get(productor, f"/{productor}/api/v1/bus/enviados", asked)
        return Pagina(eventos=page["eventos"], siguiente=page["siguiente"])

    return pages


def _written(tramo: Tramo) -> dict[str, str]:
    """The facts as a query."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in asdict(tramo).items()
        if value is not None
    }


def _orden(nota: str) -> Orden:
    return Orden(actor=actor(), motivo=nota)


def _done(cuantos: int) -> dict[str, int]:
    if not cuantos:
        raise Conflicto(_("Ese hecho ya no está por hacer."))
    return {"cuantos": cuantos}
