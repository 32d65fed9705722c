"""How the steps of a plan of programmes are taken: with the actions of their room."""

import re
from dataclasses import replace
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.accesos.actions import Responsable
from casos.importacion.pliego import Clave, Hechas, Quien
from casos.importacion.taller import Dicho, Taller
from casos.importacion.vocabulario import plano
from casos.programas import actions as programas
from casos.programas.actions import Asignacion, DatosPrograma, NuevosRequisitos
from casos.programas.queries import programa_por_id
from oficina import clock
from oficina.actor import Actor

POR_CREAR = str(UUID(int=0))
"""In the place of the id of an agreement that the same file makes."""


def responsable(
    taller: Taller, dicho: Dicho, quien: Quien, presente: UUID | None
) -> Responsable | None:
    """Who is to answer: whom the row names, who does already, or else who brings the file.

    None when nobody may, which is told.
    """
    nombre = plano(dicho.texto("responsable"))
    if nombre:
        suyos = [uno for uno in quien.encargados if plano(uno.nombre) == nombre]
    else:
        quien_es = presente or quien.actor.id
        suyos = [uno for uno in quien.encargados if uno.id == quien_es]
    if len(suyos) == 1:
        return suyos[0]
    motivo = (
        _("hay más de una persona del equipo con ese nombre")
        if suyos
        else _("escriba el nombre de alguien del equipo que pueda responder")
    )
    taller.mal(dicho, "responsable", motivo, dicho.texto("responsable"))
    return None


def pesos(texto: str) -> str:
    """An amount without the sign of the currency."""
    return re.sub(r"(?i)\$|\s|clp|\.-$|,-$", "", texto)


def guardar_programa(  # noqa: PLR0917  what is bound, and what a step is given
    clave: Clave,
    convenio: Clave | None,
    datos: DatosPrograma,
    encargado: Responsable,
    session: Session,
    hechas: Hechas,
    actor: Actor,
) -> None:
    """Make a programme, or correct the one that is there."""
    if convenio is not None:
        datos = replace(datos, convenio_id=hechas[convenio])
    if clave not in hechas:
        hecho = programas.crear(session, datos, encargado, actor, clock.now())
        hechas[clave] = hecho.id
        return
    ahora = programa_por_id(session, hechas[clave])
    programas.editar(session, ahora.id, replace(datos, version=ahora.version), encargado, actor)


def asignar(
    clave: Clave, datos: Asignacion, session: Session, hechas: Hechas, actor: Actor
) -> None:
    """Give it the money that it does not have yet, or take back what it has too much of."""
    ahora = programa_por_id(session, hechas[clave])
    nueva = replace(datos, version=ahora.version)
    programas.asignar(session, ahora.id, nueva, actor, clock.now())


def exigir(
    clave: Clave, datos: NuevosRequisitos, session: Session, hechas: Hechas, actor: Actor
) -> None:
    """Write another version of what it asks for."""
    ahora = programa_por_id(session, hechas[clave])
    nuevos = replace(datos, version=ahora.version)
    programas.exigir(session, ahora.id, nuevos, actor, clock.now())
