"""What can be done with the directory of the network."""

import json
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.red.models import (
    Ambito,
    Capacidad,
    EstadoServicio,
    Institucion,
    Modo,
    ServicioRed,
    TipoInstitucion,
)
from casos.red.queries import servicio_por_id
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.web.conditional import check_version


@dataclass(frozen=True)
class EdicionServicio:
    """What the coordination keeps up to date of a service and its institution. `unidad` is the code
    of the municipal unit that the institution is, empty when it is none; None leaves it as it is.
    """

    capacidad: Capacidad
    estado: EstadoServicio
    correo: str | None
    telefono: str | None
    unidad: str | None = None
    version: int | None = None


def sembrar(session: Session, *, demo: bool = False) -> int:
    """Add the institutions and services of `datos.json` that are not there; tells how many.

    What people changed since stays as they left it. With `demo`, an institution without an
    address gets a synthetic one of the reserved domain example.
    """
    datos = json.loads((files("casos.red") / "datos.json").read_text(encoding="utf-8"))
    conocidas = {i.sigla: i for i in session.scalars(select(Institucion))}
    codigos = set(session.scalars(select(ServicioRed.codigo)))
    nuevos = 0
    for dato in datos["instituciones"]:
        institucion = conocidas.get(dato["sigla"])
        if institucion is None:
            institucion = _institucion(dato)
            session.add(institucion)
            session.flush()
            nuevos += 1
        if institucion.unidad is None:
            # Until somebody says which unit it is; an empty one says that it is none.
            institucion.unidad = dato.get("unidad")
        if demo and institucion.correo is None:
            institucion.correo = f"{institucion.sigla.lower()}@red.example"
        for servicio in dato["servicios"]:
            if servicio["codigo"] not in codigos:
                session.add(_servicio(institucion.id, servicio))
                nuevos += 1
    session.flush()
    return nuevos


def editar(
    session: Session, servicio_id: UUID, edicion: EdicionServicio, actor: Actor, hoy: date
) -> ServicioRed:
    """Keep a service's places, state and the institution's contact up to date.

    Raises NoEncontrado, and VersionVencida when somebody changed the service meanwhile.
    """
    servicio = servicio_por_id(session, servicio_id)
    check_version(servicio, edicion.version)
    servicio.capacidad, servicio.capacidad_el = edicion.capacidad, hoy
    servicio.estado = edicion.estado
    servicio.institucion.correo = edicion.correo
    servicio.institucion.telefono = edicion.telefono
    if edicion.unidad is not None:
        servicio.institucion.unidad = edicion.unidad
    registrar(session, actor, "casos.red.editar", "servicio_red", servicio.id)
    return servicio


def _institucion(dato: dict[str, Any]) -> Institucion:
    return Institucion(
        sigla=dato["sigla"],
        nombre=dato["nombre"],
        tipo=TipoInstitucion(dato["tipo"]),
        ambito=Ambito(dato["ambito"]),
        permite_comunicar_datos=dato["permite_comunicar_datos"],
    )


def _servicio(institucion_id: UUID, dato: dict[str, Any]) -> ServicioRed:
    return ServicioRed(
        institucion_id=institucion_id,
        codigo=dato["codigo"],
        nombre=dato["nombre"],
        temas=dato["temas"],
        estado=EstadoServicio.ACTIVO,
        capacidad=Capacidad.DESCONOCIDA,
        documentos_requeridos=dato["documentos_requeridos"],
        modo=Modo(dato["modo"]),
    )
