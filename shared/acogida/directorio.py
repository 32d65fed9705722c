"""The network of the demonstration: where, when and in which languages, all of it invented."""

import json
from collections.abc import Mapping
from datetime import timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.red import actions as red
from casos.red.datos import DatosCupo
from casos.red.models import Capacidad, Institucion, Sede, ServicioRed
from casos.red.propuestas import actions as propuestas
from casos.red.propuestas.schemas import NuevaPropuestaSchema
from casos.red.queries import institucion_por_sigla
from casos.red.schemas import (
    DatosContactoSchema,
    DatosLugarSchema,
    DatosSedeSchema,
    DatosServicioSchema,
    de_servicio,
)
from oficina import clock
from oficina.actor import Actor
from oficina.db import Database


def preparar(db: Database, quien: Actor) -> None:
    """Write down what is invented of the network, once; what people changed since stays."""
    todo = json.loads((files("acogida") / "directorio.json").read_text(encoding="utf-8"))
    with db.begin() as session:
        if session.scalar(select(Sede.id).limit(1)) is not None:
            return
        for dato in todo["servicios"]:
            _servicio(session, dato, quien)
        for dato in todo["sedes"]:
            _sede(session, dato, quien)
        for dato in todo["contactos"]:
            contacto = DatosContactoSchema().load(_sin(dato, "sigla"))
            red.crear_contacto(session, _institucion(session, dato).id, contacto, quien)
        for dato in todo["propuestas"]:
            propuestas.proponer(session, NuevaPropuestaSchema().load(dato), quien)


def _servicio(session: Session, dato: Mapping[str, Any], quien: Actor) -> None:
    servicio = _por_codigo(session, dato["codigo"])
    campos = de_servicio(servicio) | _sin(dato, "codigo", "cupo", "verificado_hace")
    red.editar_servicio(session, servicio.id, DatosServicioSchema().load(campos), quien)
    cupo = DatosCupo(capacidad=Capacidad(dato["cupo"]), nota="Dicho inventado")
    red.informar_cupo(session, servicio.id, cupo, quien)
    red.verificar(session, servicio.id, quien, None)
    servicio.verificado_el = clock.today() - timedelta(days=dato["verificado_hace"])
    session.flush()


def _sede(session: Session, dato: Mapping[str, Any], quien: Actor) -> None:
    datos = DatosSedeSchema().load(_sin(dato, "sigla", "servicios"))
    sede = red.crear_sede(session, _institucion(session, dato).id, datos, quien)
    for uno in dato["servicios"]:
        lugar = DatosLugarSchema().load(_sin(uno, "codigo") | {"sede_id": str(sede.id)})
        red.crear_lugar(session, _por_codigo(session, uno["codigo"]).id, lugar, quien)


def _institucion(session: Session, dato: Mapping[str, Any]) -> Institucion:
    institucion = institucion_por_sigla(session, dato["sigla"])
    if institucion is None:
        raise ValueError("the demonstration has a place of nobody")
    return institucion


def _por_codigo(session: Session, codigo: str) -> ServicioRed:
    return session.scalars(select(ServicioRed).where(ServicioRed.codigo == codigo)).one()


def _sin(dato: Mapping[str, Any], *claves: str) -> dict[str, Any]:
    return {clave: valor for clave, valor in dato.items() if clave not in claves}
