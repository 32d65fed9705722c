"""Entrance: a service's audit as JSON, the same addresses in every service.

Reading the audit is something that somebody did: each page leaves its row.
"""

from typing import Any

from oficina.audit import registrar_lectura
from oficina.cadena import heads, lectura
from oficina.cadena.firma import FaltaLaClave, FirmaDeAuditoria
from oficina.cadena.heads import CabezaFirmada, Cabezas
from oficina.cadena.lectura import Filtro
from oficina.cadena.verify import verificar
from oficina.errors import Conflicto
from oficina.texts import N_
from oficina.web.app import env
from oficina.web.auditoria.schemas import (
    AnotacionesSchema,
    CabezaSchema,
    CadenaSchema,
    FiltroSchema,
)
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

ULTIMOS = 300
"""Links that a look at the chain reads again; `acogida doctor --audit` reads all."""


class SinClave(Conflicto):
    """Nothing can be signed: the key is not there."""

    title = N_("Falta la clave con que firma la auditoría; quien administra debe crearla")


def auditoria_api(servicio: str) -> Blueprint:
    """The addresses of the audit of a service."""
    bp = Blueprint(
        "auditoria",
        __name__,
        url_prefix=f"/{servicio}/api/v1/auditoria",
        description="Quién vio o cambió qué, cuándo y desde dónde",
    )
    permiso = f"{servicio}.auditoria.ver"

    @bp.get("")
    @bp.arguments(FiltroSchema, location="query", as_kwargs=False)
    @bp.response(200, AnotacionesSchema)
    @requires(permiso)
    def anotaciones(pedido: tuple[Filtro, int]) -> dict[str, Any]:
        """Las anotaciones, las últimas primero; identificadores y códigos, sin contenido"""
        filtro, limite = pedido
        with env().db.read() as session:
            found = lectura.anotaciones(session, filtro, limite)
        registrar_lectura(
            env().db,
            actor(),
            "auditoria.leer",
            "auditoria",
            filtro.recurso_id,
            cantidad=len(found),
        )
        return {
            "servicio": servicio,
            "anotaciones": found,
            "siguiente": str(found[-1].lugar) if len(found) == limite else None,
        }

    @bp.get("/cadena")
    @bp.response(200, CadenaSchema)
    @requires(permiso)
    def cadena() -> dict[str, Any]:
        """Hasta dónde llega la cadena y si sus últimos eslabones son los que se sellaron"""
        left = _last_head(servicio)
        seen = verificar(env().db, servicio, [left] if left else [], ultimos=ULTIMOS)
        said = left.cabeza if left else None
        return {
            "servicio": servicio,
            "secuencia": seen.cabeza.secuencia,
            "hash": seen.cabeza.hash,
            "sellada_en": seen.sellada_en,
            "por_sellar": seen.por_sellar,
            "revisados": min(ULTIMOS, seen.cabeza.secuencia),
            "cabeza_firmada_en": left.instante if left else None,
            "cabeza_firmada_hasta": said.secuencia if said else None,
            "rotura": seen.rotura,
        }

    @bp.get("/cabeza")
    @bp.response(200, CabezaSchema)
    @requires(permiso)
    def cabeza() -> dict[str, Any]:
        """El final de la cadena, firmado ahora, para guardarlo fuera de la oficina"""
        try:
            firmada = heads.firmada(env().db, env().settings, servicio)
        except FaltaLaClave as error:
            raise SinClave from error
        return {"servicio": servicio, "firmada": firmada}

    return bp


def _last_head(servicio: str) -> CabezaFirmada | None:
    """The latest head that left; None also while there is no key to know it by."""
    settings = env().settings
    try:
        firma = FirmaDeAuditoria.load(settings.claves, make=settings.embedded)
    except FaltaLaClave:
        return None
    return Cabezas(settings, servicio).ultima(firma)
